"""The net: value, checks, arrays, firing by definition, conversions."""

import hashlib
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools import not_hanging
from oracles import firing as oracle
from petri import Arc, Builder, Marking, PetriNet, Place, Transition
from strategies_petri import nets
from transition_systems.errors import FiringError, InputError, UsageError
from transition_systems.source_span import SourceSpan

fixed = settings(max_examples=120, derandomize=True, deadline=None)


def small() -> PetriNet:
    return PetriNet(
        places=["p1", "p2", "p3"],
        transitions=["t1", Transition(id="t2", label=None), "t3"],
        arcs=[("p1", "t1", 2), ("t1", "p2"), ("p2", "t3"), ("p3", "t3", 2), Arc("t3", "p3", 2)],
        initial={"p1": 3},
    )


def weights(net: PetriNet) -> dict[tuple[str, str], int]:
    return {(a.source, a.target): a.weight for a in net.arcs}


@given(nets(odd_ids=True))
@fixed
def test_value_semantics(net: PetriNet) -> None:
    for again in (
        eval(repr(net)),
        PetriNet.from_dict(json.loads(json.dumps(net.to_dict()))),
        pickle.loads(pickle.dumps(net)),
        PetriNet.from_networkx(net.to_networkx()),
        net.replace(),
    ):
        assert again == net
        assert hash(again) == hash(net)
        assert again.digest() == net.digest()
    assert net != "net"


@given(nets(), nets())
@fixed
def test_equal_nets_are_those_of_equal_digest(a: PetriNet, b: PetriNet) -> None:
    assert (a == b) == (a.digest() == b.digest())


def test_each_part_of_the_value_counts() -> None:
    net = small()
    others = [
        net.replace(name="n"),
        net.replace(initial={"p1": 2}),
        net.replace(final={}),
        net.replace(arcs=net.arcs[1:]),
        net.replace(arcs=[*net.arcs, ("p1", "t2")]),
        net.replace(places=[Place(id="p1", name="x"), "p2", "p3"]),
        net.replace(transitions=["t1", "t2", "t3"]),
    ]
    values = [net, *others]
    assert len({n.digest() for n in values}) == len(values)
    assert all(a != b for i, a in enumerate(values) for b in values[i + 1 :])
    spanned = net.replace(
        places=[Place(id="p1", span=SourceSpan(line=1), position=(1.0, 2.0)), "p2", "p3"],
        origin="kept",
    )
    assert spanned == net
    assert spanned.digest() == net.digest()
    kept = PetriNet.from_dict(spanned.to_dict()).places[0]
    assert kept.position == (1.0, 2.0)
    assert kept.span == SourceSpan(line=1)
    assert spanned.replace(initial={}).origin == "kept"
    assert spanned.replace(arcs=()).origin is None


def test_immutable() -> None:
    net = small()
    with pytest.raises(AttributeError, match="immutable"):
        net.name = "x"
    with pytest.raises(AttributeError, match="immutable"):
        del net.name
    for array in (net.pre, net.post, net.incidence, *net.pre_arcs, *net.consumers):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 7
        assert array.dtype == np.int64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"places": ["p1", "p1"]}, "'p1' occurs twice"),
        ({"places": ["p1", "t1"]}, "'t1' occurs twice"),
        ({"arcs": [("p1", "x")]}, "names 'x', which is no place"),
        ({"arcs": [("p1", "p2")]}, "joins two places"),
        ({"arcs": [("t1", "t3")]}, "joins two transitions"),
        ({"arcs": [("p1", "t1", 0)]}, "weight 0"),
        ({"arcs": [("p1", "t1", 1.5)]}, "weight 1.5"),
        ({"arcs": [("p1", "t1", 2**62), ("p1", "t1")]}, "from 1 to 2"),
        ({"arcs": [("p1",)]}, "an arc is"),
        ({"initial": {"p1": -1}}, "-1 tokens"),
        ({"initial": {"x": 1}}, "initial marking names 'x'"),
        ({"final": {"x": 1}}, "final marking names 'x'"),
        ({"places": [""]}, "at least one character"),
    ],
)
def test_constructor_refuses(changes: dict[str, object], message: str) -> None:
    base = {"places": ["p1", "p2"], "transitions": ["t1", "t3"], "arcs": []}
    with pytest.raises(UsageError, match=message):
        PetriNet(**{**base, **changes})


def test_parallel_arcs_add_up() -> None:
    net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t"), ("p", "t", 2)])
    assert net.arcs == (Arc("p", "t", 3),)


@given(nets())
@fixed
def test_arrays_agree_with_arcs(net: PetriNet) -> None:
    table = weights(net)
    shape = (len(net.places), len(net.transitions))
    assert net.pre.shape == net.post.shape == net.incidence.shape == shape
    for i, p in enumerate(net.place_ids):
        for j, t in enumerate(net.transition_ids):
            assert net.pre[i, j] == table.get((p, t), 0)
            assert net.post[i, j] == table.get((t, p), 0)
            assert net.incidence[i, j] == table.get((t, p), 0) - table.get((p, t), 0)
    assert (net.pre_csr.toarray() == net.pre).all()
    assert (net.post_csr.toarray() == net.post).all()
    assert (net.incidence_csr.toarray() == net.incidence).all()
    again = PetriNet.from_arrays(
        net.pre,
        net.post,
        net.initial.to_array(net.place_ids),
        final=None if net.final is None else net.final.to_array(net.place_ids),
        place_ids=net.place_ids,
        transition_ids=net.transition_ids,
        labels=net.labels,
    )
    assert again == net
    for node in (*net.place_ids, *net.transition_ids):
        assert sorted(net.preset(node)) == sorted(a for a, b in table if b == node)
        assert sorted(net.postset(node)) == sorted(b for a, b in table if a == node)


@given(nets(max_weight=2), st.lists(st.integers(0, 4), max_size=8))
@fixed
def test_firing_agrees_with_the_definition(net: PetriNet, choices: list[int]) -> None:
    arcs, places = weights(net), set(net.place_ids)
    tokens, marking, done = net.initial.to_dict(), net.initial, []
    for choice in choices:
        able = [t for t in net.transition_ids if oracle.can_fire(arcs, places, tokens, t)]
        assert list(net.enabled(marking)) == able
        assert [t for t in net.transition_ids if net.is_enabled(marking, t)] == able
        for t in set(net.transition_ids) - set(able):
            with pytest.raises(FiringError, match=f"^{t} needs"):
                net.fire(marking, t)
        if not able:
            break
        chosen = able[choice % len(able)]
        tokens = oracle.fire(arcs, places, tokens, chosen)
        marking = net.fire(marking, chosen)
        assert marking == Marking(tokens)
        done.append(chosen)
    run = net.run(net.initial, done)
    assert run.actions == tuple(done)
    assert run.last == tokens
    assert net.run(net.initial, [net.transition_index(t) for t in done]) == run


def test_explained_refusals() -> None:
    net = small()
    with pytest.raises(FiringError, match=r"^t3 needs 1 token in p2, has 0; and 2 tokens in p3"):
        net.fire(net.initial, "t3")
    with pytest.raises(
        FiringError, match=r"^step 2: t1 needs 2 tokens in p1, has 1 \(enabled: t2\)$"
    ):
        net.run(net.initial, ["t1", "t1"])
    with pytest.raises(UsageError, match="no transition 't33'; did you mean 't3'"):
        net.fire(net.initial, "t33")
    with pytest.raises(UsageError, match="no transition number 3"):
        net.fire(net.initial, 3)
    with pytest.raises(UsageError, match="no transition number -1"):
        net.fire(net.initial, -1)
    with pytest.raises(UsageError, match="no node"):
        net.preset("x")
    with pytest.raises(UsageError, match="no place"):
        net.enabled({"x": 1})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"places": 3},
        {"places": [], "transitions": [], "arcs": [3], "initial": {}},
        {"places": [], "transitions": [], "arcs": [], "initial": 3},
        {"places": [{"id": 3}], "transitions": [], "arcs": [], "initial": {}},
        {"schema": "netproof/net/9", "places": [], "transitions": [], "arcs": [], "initial": {}},
    ],
)
def test_from_dict_refuses(data: dict[str, object]) -> None:
    with pytest.raises(InputError):
        PetriNet.from_dict(data)


def test_from_networkx_refuses_nodes_without_kind() -> None:
    import networkx

    graph = networkx.MultiDiGraph()
    graph.add_node(1)
    with pytest.raises(InputError, match="kind=None"):
        PetriNet.from_networkx(graph)
    undirected = networkx.MultiGraph()
    undirected.add_edge("p", "t")
    with pytest.raises(InputError, match="a directed graph"):
        PetriNet.from_networkx(undirected)


def test_from_arrays_refuses() -> None:
    for arguments in (([[1]], [[1, 2]], [0]), ([[0.5]], [[0]], [0]), ([[-1]], [[0]], [0])):
        with pytest.raises(UsageError):
            PetriNet.from_arrays(*arguments)
    with pytest.raises(UsageError, match="labels"):
        PetriNet.from_arrays([[1]], [[1]], [0], labels=["a", "b"])


def test_builder_builds_and_refuses() -> None:
    build = Builder(name="n")
    build.chain("i", "a", "m")
    build.transition("b", label=None, inputs=["m"], outputs={"o": 2})
    build.set_initial("i")
    build.set_final("o", 2)
    net = build.build()
    assert net == PetriNet(
        places=["i", "m", "o"],
        transitions=["a", Transition(id="b", label=None)],
        arcs=[("i", "a"), ("a", "m"), ("m", "b"), ("b", "o", 2)],
        initial={"i": 1},
        final={"o": 2},
        name="n",
    )
    build.chain("new", "a")
    assert "new" in build.build().place_ids
    build.chain("c", "new")
    assert "c" in build.build().transition_ids
    for call in (
        lambda: build.place("a"),
        lambda: build.transition("i"),
        lambda: build.arc("i", "m"),
        lambda: build.arc("a", "b"),
        lambda: build.arc("i", "x"),
        lambda: build.arc("i", "a", 0),
        lambda: build.set_initial("x"),
        lambda: build.set_final("i", -1),
    ):
        with pytest.raises(UsageError):
            call()


def test_large_net_is_built_fast_and_dense_is_refused() -> None:
    n = 10_000
    places, transitions = [f"p{i}" for i in range(n)], [f"t{i}" for i in range(n)]
    arcs = [(places[i], transitions[(i * 7 + k) % n]) for i in range(n) for k in range(5)]
    arcs += [(transitions[(i * 11 + k) % n], places[i]) for i in range(n) for k in range(5)]
    with not_hanging():
        net = PetriNet(places=places, transitions=transitions, arcs=arcs, initial={"p0": 1})
    with pytest.raises(UsageError, match="pre_csr"):
        _ = net.pre
    assert net.incidence_csr.shape == (n, n)
    assert net.pre_csr.sum() == 50_000
    assert not net.pre_csr.data.flags.writeable


def test_import_costs_numpy_only() -> None:
    code = (
        "import sys, petri; "
        "bad = {'scipy', 'networkx', 'z3', 'graphviz', 'matplotlib'} & set(sys.modules); "
        "assert 'numpy' in sys.modules; sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_names_exist() -> None:
    import petri

    assert sorted(petri.__all__) == sorted(set(petri.__all__))
    assert all(hasattr(petri, name) for name in petri.__all__)


def test_markings_as_vectors_and_text_and_matrices_as_csr() -> None:
    from scipy.sparse import csr_array

    pre, post = np.array([[1, 0], [0, 2]]), np.array([[0, 1], [2, 0]])
    net = PetriNet.from_arrays(csr_array(pre), csr_array(post), [1, 0])
    assert net == PetriNet.from_arrays(pre, post, [1, 0])
    for marking in ({"p1": 1}, np.array([1, 0]), "p1"):
        assert net.enabled(marking) == ("t1",)
        assert net.fire(marking, "t1").to_dict() == {"p2": 2}
        assert net.run(marking, ["t1", "t2"]).last == {"p1": 1}
    with pytest.raises(FiringError, match="t2 needs 2 tokens in p2, has 0"):
        net.fire(np.array([1, 0]), "t2")
    with pytest.raises(UsageError, match="2 numbers of tokens are needed"):
        net.enabled(np.array([1, 0, 0]))


@given(st.lists(st.none() | st.text(max_size=3) | st.sampled_from(["p1", '"', "\\", "\0", "é"])))
@fixed
def test_names_are_hashed_as_json(names: list[str | None]) -> None:
    net = PetriNet(
        places=[Place(id=f"p{number}", name=name) for number, name in enumerate(names)],
        transitions=[Transition(id=f"t{number}", label=name) for number, name in enumerate(names)],
        initial={"p0": 2} if names else {},
    )
    content = [
        "netproof/net/1", None, [f"p{n}" for n in range(len(names))], names,
        [f"t{n}" for n in range(len(names))], names, [None] * len(names),
        [["p0", 2]] if names else [], None,
    ]  # fmt: skip
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    hashed = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    for table in (net.pre_arcs, net.post_arcs):
        for part in table:
            hashed.update(part.astype("<i8").tobytes())
    assert net.digest() == f"sha256:{hashed.hexdigest()}"
