"""A net of rows is the net of the same nodes and arcs, and digests are told apart."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petri import net_data
from petri.net import PetriNet
from petri.net_data import net_of_rows
from petri.nodes import Place, Transition
from transition_systems.errors import UsageError
from transition_systems.lts import LTS

NAMES = st.text(
    alphabet=st.one_of(st.sampled_from('ab"\\\x00\x7fné.'), st.characters(codec="utf-8")),
    min_size=1,
    max_size=4,
)
LABELS = st.one_of(st.none(), st.text(alphabet='a"\\\x00,nul', max_size=3))


@given(st.data())
def test_a_net_of_rows_is_the_net_that_the_constructor_makes(data: st.DataObject) -> None:
    names = data.draw(st.lists(NAMES, unique=True, min_size=2, max_size=7))
    cut = data.draw(st.integers(1, len(names) - 1))
    places, transitions = tuple(names[:cut]), tuple(names[cut:])
    rows = st.dictionaries(st.integers(0, cut - 1), st.integers(1, 3), max_size=cut)
    many = st.lists(rows, min_size=len(transitions), max_size=len(transitions))
    pre, post = data.draw(many), data.draw(many)
    tokens = data.draw(st.lists(st.integers(0, 2), min_size=cut, max_size=cut))
    initial = {place: n for place, n in zip(places, tokens, strict=True) if n}
    made = net_of_rows(places, transitions, pre, post, initial)
    arcs = [
        (places[p], t, w) for t, row in zip(transitions, pre, strict=True) for p, w in row.items()
    ] + [
        (t, places[p], w) for t, row in zip(transitions, post, strict=True) for p, w in row.items()
    ]
    same = PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)
    assert made == same
    assert made.digest() == same.digest()
    assert made.arcs == same.arcs
    assert list(made.initial.items()) == list(same.initial.items())
    for one, other in ((made.pre_arcs, same.pre_arcs), (made.post_arcs, same.post_arcs)):
        assert all(a.dtype == b.dtype for a, b in zip(one, other, strict=True))
        assert not any(part.flags.writeable for part in one)


def test_a_weight_that_no_array_holds_is_refused() -> None:
    with pytest.raises(UsageError, match="weight"):
        net_of_rows(("p",), ("t",), [{0: 2**63}], [{}], {})


@given(st.lists(LABELS, min_size=1, max_size=4), st.lists(LABELS, min_size=1, max_size=4))
def test_other_labels_give_another_digest(one: list[str | None], other: list[str | None]) -> None:
    def digest(labels: list[str | None]) -> str:
        nodes = [Transition(id=f"t{n}", label=label) for n, label in enumerate(labels)]
        return PetriNet(places=[Place(id="p")], transitions=nodes).digest()

    assert (digest(one) == digest(other)) == (one == other)


@given(st.lists(LABELS, max_size=4))
def test_the_digest_hashes_the_labels_as_json(labels: list[str | None]) -> None:
    assert net_data._encoded_list(labels) == json.dumps(labels, separators=(",", ":"))


def test_lone_surrogates_are_not_taken_for_the_character_that_a_pair_stands_for() -> None:
    pair, character = "\ud83d\ude00", "\U0001f600"
    nets = [PetriNet(places=[name], transitions=[]) for name in (pair, character)]
    assert nets[0].digest() != nets[1].digest()
    systems = [LTS.from_arcs(2, [(0, name, 1)]) for name in (pair, character)]
    assert systems[0].digest() != systems[1].digest()
