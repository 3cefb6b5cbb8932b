"""Hypothesis strategies for nets: weights, self-loops, sources and sinks, loose places."""

from __future__ import annotations

from hypothesis import strategies as st

from petri import PetriNet, Place, Transition

ODD_IDS = ("p", "a b", "1", "ü", "审批", '"', "t.1", "<x>", "\\N", " ", "p+q", "-", "0", "😀")
ids = st.sampled_from(ODD_IDS) | st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=4,
)
labels = st.none() | st.sampled_from(
    ("a", "b", "", "tau", "<a>", "\\N", "two\nlines", " x ", "审批")
)


@st.composite
def nets(
    draw: st.DrawFn,
    *,
    max_places: int = 5,
    max_transitions: int = 5,
    max_weight: int = 3,
    max_tokens: int = 3,
    odd_ids: bool = False,
) -> PetriNet:
    """Nets of any shape; arcs are drawn for each pair of nodes on its own."""
    n_places = draw(st.integers(0, max_places))
    n_transitions = draw(st.integers(0, max_transitions))
    if odd_ids:
        total = n_places + n_transitions
        names = draw(st.lists(ids, min_size=total, max_size=total, unique=True))
    else:
        names = [f"p{i}" for i in range(n_places)] + [f"t{i}" for i in range(n_transitions)]
    places, transitions = names[:n_places], names[n_places:]
    weights = st.sampled_from([0, 0, 0, *range(1, max_weight + 1)])
    arcs: list[tuple[str, str, int]] = []
    for place in places:
        for transition in transitions:
            for source, target in ((place, transition), (transition, place)):
                weight = draw(weights)
                if weight:
                    arcs.append((source, target, weight))
    tokens = (
        st.dictionaries(st.sampled_from(places), st.integers(0, max_tokens)) if places else None
    )
    markings = st.just({}) if tokens is None else tokens
    names_too = st.none() | st.sampled_from(("", "a name", " pad "))
    return PetriNet(
        places=[Place(id=p, name=draw(names_too)) if odd_ids else p for p in places],
        transitions=[
            Transition(id=t, label=draw(labels), name=draw(names_too) if odd_ids else None)
            for t in transitions
        ],
        arcs=arcs,
        initial=draw(markings),
        final=draw(st.none() | markings),
        name=draw(names_too) if odd_ids else None,
    )


def strongly_small_nets() -> st.SearchStrategy[PetriNet]:
    """Nets with at most three places and transitions, weights at most two."""
    return nets(max_places=3, max_transitions=3, max_weight=2, max_tokens=2)
