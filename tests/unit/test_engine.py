"The reader's own autograd: PyTorch's values and gradients, lessons 1 and 2 by another import, no recursion."

import __future__

import ast
import contextlib
import copy
import gc
import inspect
import io
import itertools
import math
import operator
import pickle
import random
import re
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from autograd_tutorial import engine
from autograd_tutorial.core import checks
from autograd_tutorial.core.saving import STATIC
from autograd_tutorial.engine import Tensor, no_grad, tensor
from autograd_tutorial.exercises import fit as of_fit
from autograd_tutorial.exercises import gradients as of_gradients
from autograd_tutorial.fit import make_data
from autograd_tutorial.graph import record, record_engine
from autograd_tutorial.pictures import show_graph

from graphs import said_and_done
from project import ROOT

LATER = __future__.annotations.compiler_flag  # annotations stay text
MODULE = ROOT / "autograd_tutorial" / "engine.py"


def leaf(*numbers: Any) -> Tensor:
    return tensor(*numbers).requires_grad_()


# What it is


def test_it_has_at_most_150_lines_of_code() -> None:
    both = inspect.getsource(engine) + inspect.getsource(engine.LikeTorch)
    lines = [line.strip() for line in both.splitlines()]
    assert len([line for line in lines if line and line[0] != "#"]) <= 150


def test_it_needs_numpy_and_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import autograd_tutorial.engine; print(*set(sys.modules) - before)"
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    outside = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert {name for name in outside if not name.startswith("_")} - {"cython_runtime"} == {
        "autograd_tutorial",
        "numpy",
    }  # that is numpy's, before 2


# The same expression, by both


def spread(pick: random.Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    "A shape that is broadcast to `shape`: some dimensions 1, some in front left out."
    thinner = tuple(n if pick.random() < 0.6 else 1 for n in shape)
    return thinner[pick.randrange(len(shape) + 1) :] if pick.random() < 0.5 else thinner


CURVES: dict[str, Callable[[Any], Any]] = {
    "exp": lambda x: (0.2 * x).exp(),
    "log": lambda x: (x * x + 0.7).log(),
    "sqrt": lambda x: (x**2 + 0.4).sqrt(),
    "relu": lambda x: x.relu() - 0.3 * x,
    "neg": lambda x: -x,
    "cube": lambda x: 0.1 * x**3,
    "root": lambda x: (x * x + 1) ** -0.5,
    "to nothing": lambda x: x**0 + x,
    "number first": lambda x: 2 - x + 3 / (1 + x * x),
    "number last": lambda x: (x - 2) / 4 + 1,
    "twice": lambda x: x + x,
    "clone": lambda x: x.clone(),
}


def reduced(pick: random.Random, x: Any) -> Any:
    dims = [None, *range(-len(x.shape), len(x.shape)), *([(0, -1)] if len(x.shape) > 1 else [])]
    dim, keepdim = pick.choice(dims), pick.random() < 0.5
    how = x.sum if pick.random() < 0.5 else x.mean
    return how() if dim is None else how(dim, keepdim=keepdim)


def picked(pick: random.Random, x: Any) -> Any:
    if not x.shape:
        return x[None]
    i, n = pick.randrange(x.shape[0]), x.shape[0]
    twice = [pick.randrange(n) for _ in range(3)]
    return x[
        pick.choice(
            [
                i,
                i - n,
                slice(i, None),
                slice(None, None, 1),
                (slice(None), None),
                twice,
                (..., 0),
                None,
            ]
        )
    ]


def multiplied(pick: random.Random, x: Any, new: Callable[..., Any]) -> Any:
    "`x @ w` or `w @ x`, with vectors and stacks of matrices among them."
    if not x.shape:
        return x
    k, m = pick.randrange(1, 4), len(x.shape)
    if pick.random() < 0.5:
        stack = (2,) if m < 3 else tuple(x.shape[:-2])
        return 0.5 * (
            x @ new(pick.choice([(x.shape[-1],), (x.shape[-1], k), (*stack, x.shape[-1], k)]))
        )
    inner, stack = x.shape[-2] if m > 1 else x.shape[0], (2,) if m < 3 else (1,)
    return 0.5 * (new(pick.choice([(inner,), (k, inner), (*stack, k, inner)])) @ x)


def joined(pick: random.Random, x: Any, y: Any) -> Any:
    return pick.choice([lambda: x + y, lambda: x - y, lambda: x * y, lambda: x / (y * y + 0.5)])()


def fits(*shapes: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(*shapes) is not None
    except ValueError:
        return False


def expression(seed: int, make: Callable[[np.ndarray], Any]) -> tuple[Any, list[Any]]:
    "One number from a random expression, and its leaves. The same for every `make`."
    pick, normal = random.Random(seed), np.random.default_rng(seed)
    leaves: list[Any] = []

    def new(shape: tuple[int, ...]) -> Any:
        leaves.append(make(normal.normal(size=shape)))
        return leaves[-1]

    shape = tuple(pick.randrange(1, 4) for _ in range(pick.randrange(4)))
    values = [new(spread(pick, shape)) for _ in range(pick.randrange(1, 4))]
    for _ in range(pick.randrange(1, 9)):
        x = pick.choice(values)
        y = pick.choice([other for other in values if fits(tuple(x.shape), tuple(other.shape))])
        act = pick.choice(["curve", "curve", "join", "join", "new", "reduce", "pick", "multiply"])
        if act == "curve":
            made = CURVES[pick.choice(list(CURVES))](x)
        elif act == "join":
            made = joined(pick, x, y)
        elif act == "new":
            made = joined(pick, x, new(spread(pick, tuple(x.shape))))
        elif act == "reduce":
            made = reduced(pick, x)
        elif act == "pick":
            made = picked(pick, x)
        else:
            made = multiplied(pick, x, new)
        values.append(made)
    return sum((0.1 * value * value).mean() for value in values[-3:]), leaves


def by_torch(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize("block", range(8))
def test_values_and_gradients_are_those_of_pytorch(block: int) -> None:
    "4,000 random expressions: operations, shapes and broadcasts, to 1e-9."
    shapes = set()
    for seed in range(500 * block, 500 * (block + 1)):
        (ours, leaves), (theirs, others) = expression(seed, leaf), expression(seed, by_torch)
        np.testing.assert_allclose(
            ours.item(), theirs.item(), rtol=1e-9, atol=1e-9, err_msg=str(seed)
        )
        ours.backward()
        theirs.backward()
        for one, other in zip(leaves, others, strict=True):
            shapes.add(one.shape)
            assert one.shape == tuple(other.shape) and (one.grad is None) == (other.grad is None), (
                seed
            )
            if one.grad is not None:
                assert one.grad.shape == one.shape
                np.testing.assert_allclose(
                    one.grad.data, other.grad.numpy(), rtol=1e-9, atol=1e-9, err_msg=str(seed)
                )
    assert len(shapes) > 30


def test_a_rule_alone_agrees_with_a_small_push() -> None:
    "The second route, without PyTorch."
    numbers = np.random.default_rng(0)
    for name, curve in CURVES.items():
        at, h = numbers.normal(size=(3, 2)), 1e-6
        x = leaf(at)
        curve(x).sum().backward()
        pushed = (curve(tensor(at + h)).data - curve(tensor(at - h)).data) / (2 * h)
        np.testing.assert_allclose(x.grad.data, pushed, rtol=1e-5, atol=1e-7, err_msg=name)


# What scalar engines are tested with


def tangle(x: Any) -> Any:
    "One number used again and again, with relu on both of its sides."
    u = 3 * x - 1
    v = u.relu() + x * u
    w = (v * v).relu() - (x - 2).relu()
    return w + v + u * x


def weave(a: Any, b: Any) -> Any:
    "Two numbers through every operator, each result used more than once."
    c = a - b
    d = a * b + a**3 / 2
    c = c + 1 + c - 2 * a
    d = d + 3 * d + (a + b).relu()
    e = (c - d) ** 2
    f = e / 4 + 7 / (e + 1)
    return f - (-b) * d / c


@pytest.mark.parametrize(
    "numbers", [(-4.0,), (0.3,), (2.5,), (-3.0, 2.0), (1.5, -0.5), (0.25, 4.0)]
)
def test_what_scalar_engines_are_tested_with(numbers: tuple[float, ...]) -> None:
    f = tangle if len(numbers) == 1 else weave
    ours, theirs = (
        [leaf(n) for n in numbers],
        [torch.tensor(n, dtype=torch.float64).requires_grad_() for n in numbers],
    )
    one, other = f(*ours), f(*theirs)
    one.backward()
    other.backward()
    assert one.item() == pytest.approx(other.item(), rel=1e-12)
    assert [x.grad.item() for x in ours] == pytest.approx(
        [x.grad.item() for x in theirs], rel=1e-12
    )


# Records


def test_a_result_knows_how_it_was_made() -> None:
    x = leaf(3.0)
    y = x * 4 + 1
    assert (y.name, [parent.name for parent in y.parents]) == ("add", ["mul", ""])
    assert (x.is_leaf, y.is_leaf, y.requires_grad, x.grad) == (True, False, True, None)


def test_backward_adds_and_only_leaves_keep() -> None:
    a = leaf(3.0)
    b = a + a
    (b * a).backward()
    assert (a.grad.item(), b.grad) == (12.0, None)
    (a * 1).backward()
    assert a.grad.item() == 13.0


def test_a_leaf_may_be_the_result() -> None:
    a = leaf(3.0)
    a.backward()
    assert a.grad.item() == 1.0


def test_what_arrives_is_added_in_place_and_relu_keeps_what_is_not_a_number() -> None:
    for kind, new in ((Tensor, leaf), (torch.Tensor, by_torch)):
        x = new(np.array([math.nan, 1.0, -1.0, 0.0]))
        x.relu().sum().backward()
        grad = x.grad
        with np.errstate(invalid="ignore"):
            (kind.relu(x) * math.inf).sum().backward()
        assert grad is x.grad and [each.item() for each in grad] == [math.inf, math.inf, 0, 0]


def test_a_constant_gets_no_gradient() -> None:
    a, k = leaf([1.0, 2.0]), tensor([3.0, 4.0])
    (a * k).sum().backward()
    assert k.grad is None and a.grad.data.tolist() == [3.0, 4.0]


def test_an_array_in_front_is_ours_too() -> None:
    a = leaf([1.0, 2.0])
    y = np.array([3.0, 4.0]) * a
    assert isinstance(y, Tensor) and y.name == "mul"
    assert (np.array([[3.0, 4.0]]) @ a).data.tolist() == [11]


LEAF = leaf([1.0, 2.0])
REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: LEAF - [1.0, 2.0], TypeError, "bad operand type for unary -: 'list'"),
    (lambda: [1.0, 2.0] @ LEAF, TypeError, "unsupported operand"),
    (lambda: LEAF * torch.ones(2), TypeError, "unsupported operand"),
    (lambda: LEAF.sum(0, 1), TypeError, "keepdim must be True or False, got 1: dim takes"),
    (lambda: LEAF.mean(0, keepdim="no"), TypeError, "keepdim must be True or False, got 'no'"),
    (lambda: LEAF[np.array([1, 0], np.uint8)], IndexError, "numpy and PyTorch read it differently"),
    (lambda: copy.deepcopy(LEAF * 2), RuntimeError, "a result cannot be copied with its record"),
    (lambda: pickle.dumps(LEAF * 2), RuntimeError, "a result cannot be copied with its record"),
    (lambda: LEAF.detach().copy_([1.0, 2.0]), TypeError, "copy_ takes a tensor or a number, got l"),
]


@pytest.mark.parametrize(("ask", "error", "words"), REFUSED)
def test_what_pytorch_refuses_is_refused(
    ask: Callable[[], Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ask()


def test_a_leaf_is_copied_and_read_by_numpy_as_pytorchs_is() -> None:
    for x in (leaf([1.0, 2.0]), torch.tensor([1.0, 2.0]).requires_grad_()):
        for other in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
            assert other.requires_grad and np.asarray(other.detach()).tolist() == [1, 2]
        assert np.stack([x.detach(), x.detach()]).tolist() == [[1, 2], [1, 2]]
        assert np.shares_memory(np.asarray(x.detach()), x.detach()) and x.grad is None
        with no_grad(), torch.no_grad():
            assert [*map(float, x.copy_(3.0).detach().data)] == [3, 3]


def test_detach_shares_memory_and_clone_does_not() -> None:
    a = leaf([1.0, 2.0])
    assert np.shares_memory(a.detach().data, a.data) and not np.shares_memory(
        a.clone().data, a.data
    )
    assert not a.detach().requires_grad and a.clone().requires_grad


def test_tensor_copies_what_it_is_given() -> None:
    array = np.ones(2)
    t = tensor(array)
    array[0] = 5
    assert t.data.tolist() == [1, 1] and tensor([1, 2]).data.dtype == np.float64


def test_no_grad_records_nothing_nests_and_ends_with_an_error() -> None:
    x = leaf(2.0)
    with no_grad(), no_grad():
        y = x * x
    assert not y.requires_grad and y.parents == () and (x * x).requires_grad
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * x).requires_grad


def test_a_step_in_place_keeps_the_leaf() -> None:
    w = leaf([1.0, 2.0])
    before = w
    with no_grad():
        w -= tensor([0.5, 0.5])
    assert w is before and w.is_leaf and w.requires_grad and w.data.tolist() == [0.5, 1.5]


def test_what_is_shown_is_what_pytorch_shows() -> None:
    for each in (
        2.0,
        [-165.51512, -10.64017, -0.79],
        [[1.0, 2.0], [3.0, 4.0]],
        160.69786,
        0.6,
        1e10,
        [1.0, 2e3],
    ):
        assert repr(tensor(each)) == repr(torch.tensor(each, dtype=torch.float32))
        assert repr(leaf(each)) == repr(torch.tensor(each, dtype=torch.float32).requires_grad_())
    assert repr(leaf(2.0) ** 2) == "tensor(4., grad_fn=<pow>)"


# Refusals: what is wrong is said, and nothing is changed


def refused(words: str) -> Any:
    return pytest.raises(RuntimeError, match=words)


def test_bad_walks_are_refused_and_change_nothing() -> None:
    x = leaf([1.0, 2.0])
    with refused(r"needs one recorded number, got shape \(2,\)"):
        (x * 2).backward()
    with refused(r"recorded number, got shape \(\)"):
        tensor(3.0).backward()
    y = (x * x).sum()
    y.backward()
    with refused("walked back before, and freed: compute again"):
        y.backward()
    with refused("walked back before"):
        (x.sum() + y).backward()
    assert x.grad.data.tolist() == [2, 4]


IN_PLACE: list[Callable[[Any, Any], Any]] = [
    operator.iadd,
    operator.isub,
    operator.imul,
    operator.itruediv,
    operator.ipow,
]


@pytest.mark.parametrize("change", IN_PLACE)
def test_nothing_recorded_is_changed_in_place(change: Callable[[Any, Any], Any]) -> None:
    "Neither a leaf, nor a result, nor a constant by what requires gradients."
    by_recorded = (
        [] if change is operator.ipow else [(tensor(1.0), leaf(2.0))]
    )  # an exponent is a number
    for target, by in ((leaf(1.0), 0.5), (leaf(1.0) * 1, 0.5), *by_recorded):
        with refused("in place only inside no_grad: write c = c - a"):
            change(target, by)
        assert target.item() == 1.0


@pytest.mark.parametrize("change", IN_PLACE)
def test_inside_no_grad_every_change_in_place_keeps_the_leaf(
    change: Callable[[Any, Any], Any],
) -> None:
    w, other = leaf([1.0, 2.0]), torch.tensor([1.0, 2.0])
    with no_grad():
        after = change(w, 4.0)
    assert (
        after is w
        and w.is_leaf
        and w.requires_grad
        and w.data.tolist() == change(other, 4.0).tolist()
    )


@pytest.mark.parametrize(
    ("shape", "other"),
    [((3,), (1, 3)), ((3,), (3, 1)), ((1,), (3,)), ((2, 2), (1, 2, 2)), ((), (1,)), ((2,), (3,))],
)
def test_a_shape_stays_in_place_or_the_change_is_refused(shape: Any, other: Any) -> None:
    ours, theirs = tensor(np.ones(shape)), torch.ones(shape)
    for change in (operator.iadd, operator.imul, lambda x, y: x.copy_(y)):
        fits = True
        try:
            change(theirs, torch.ones(other))
        except RuntimeError:
            fits = False
        with contextlib.nullcontext() if fits else pytest.raises(ValueError):
            change(ours, tensor(np.ones(other)))
        assert ours.data.shape == shape and (ours.data == 1).all() == (theirs == 1).all()


EQUAL: list[tuple[Any, Any]] = [
    (1.0, 1.0),
    ([1.0, 2.0], 2),
    ([1.0, 2.0], np.array([1.0, 3.0])),
    ([[1.0, 2.0], [2.0, 1.0]], [1.0, 2.0]),
    ([math.nan, 1.0], math.nan),
    ([1.0, 2.0], True),
    ([1.0, 2.0], np.bool_(True)),
    ([1.0, 2.0], torch.tensor([1.0, 3.0])),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_numbers_are_told_as_pytorch_tells_them(one: Any, other: Any) -> None:
    ours, theirs, as_theirs = tensor(one), torch.tensor(one), torch.as_tensor(other)
    as_ours = tensor(other) if isinstance(other, list) else other
    assert (ours == as_ours).tolist() == (theirs == as_theirs).tolist()
    assert (ours != as_ours).tolist() == (theirs != as_theirs).tolist()
    assert (as_ours in ours) == (as_theirs in theirs)


def test_what_is_no_number_is_not_equal_and_not_asked_for() -> None:
    x = leaf([1.0, 2.0])
    for other in (None, "a", [1.0, 2.0]):
        assert (x == other, x != other) == (torch.ones(2) == other, torch.ones(2) != other)
        with pytest.raises(TypeError):
            assert other in x
    with pytest.raises(ValueError, match="broadcast"):
        assert x == tensor([1.0, 2.0, 3.0])
    assert x in {x} and len({x, leaf([1.0, 2.0])}) == 2


def test_a_single_number_cannot_be_walked_through() -> None:
    with pytest.raises(TypeError):
        [*tensor(3.0)]
    assert [row.shape for row in tensor([[1.0, 2.0]])] == [(2,)] and [*tensor([])] == []


@pytest.mark.parametrize("dim", [(), [], 0, -1, (0,), [-1], np.int64(0)])
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("shape", [(), (2, 3)])
def test_sums_of_no_named_dimension_and_of_single_numbers(
    dim: Any, keepdim: bool, shape: Any
) -> None:
    for how in ("sum", "mean"):
        ours, theirs = leaf(np.ones(shape)), torch.ones(shape).requires_grad_()
        one = getattr(ours, how)(dim, keepdim=keepdim)
        other = getattr(theirs, how)(dim, keepdim=keepdim)
        np.testing.assert_allclose(one.data, other.detach(), rtol=1e-6)
        assert one.shape == other.shape
        (one * one).sum().backward()
        (other * other).sum().backward()
        np.testing.assert_allclose(ours.grad.data, theirs.grad, rtol=1e-6)


PLACES: list[Any] = [0, slice(None), None, ..., [0, 1], np.array([1, 0]), range(2)]
PLACES += [np.array(0), True, np.uint8(1)]


def test_numpys_ways_that_lose_no_slope_are_kept() -> None:
    x, weights = leaf(np.arange(3.0)), np.array([1.0, 2.0, 4.0])
    (x[::-1] * weights).sum().backward()
    assert x.grad.data.tolist() == [4.0, 2.0, 1.0]
    y, z = leaf(2.0), leaf(3.0)
    np.mean([y, z * z]).backward()
    assert (y.grad.item(), z.grad.item()) == (0.5, 3.0)


def test_an_index_is_read_as_pytorch_reads_it_or_refused() -> None:
    x, y = leaf(np.arange(24.0).reshape(2, 3, 4)), torch.arange(24.0).reshape(2, 3, 4)
    refused = 0
    mask = np.array([[True, False, True], [False, True, True]])
    alone = [
        [0, 1],
        ([0, 1], [1, 0]),
        mask,
        (mask, ..., 0),
    ]
    for index in [*itertools.product(PLACES, repeat=3), *alone, np.bool_(True)]:
        theirs, ours = None, None
        with contextlib.suppress(IndexError, ValueError):
            theirs = y[index].tolist()
        with contextlib.suppress(IndexError, ValueError):
            ours = x[index].data.tolist()
        assert ours in (theirs, None), index
        refused += ours is None and theirs is not None
    assert 0 < refused < 90
    for index in ((0, slice(None), [1, 2]), [[0, 1], [1, 0]]):
        with pytest.raises(IndexError, match="differently: pick in two steps"):
            x[index]
    assert x[0][:, [1, 2]].shape == y[0, :, [1, 2]].shape


def test_one_no_grad_may_stand_inside_itself() -> None:
    x, off = leaf(2.0), no_grad()
    with off, off:
        pass
    assert (x * x).requires_grad


def test_one_number_is_an_item_and_has_a_truth() -> None:
    assert (tensor([2.0]).item(), bool(tensor(0.0)), bool(tensor([3.0]))) == (2.0, False, True)
    for ask in (bool, Tensor.item):
        with pytest.raises(ValueError):
            ask(tensor([1.0, 2.0]))


@pytest.mark.parametrize("n", [np.array([1.0, 2.0]), tensor(2.0), leaf(2.0), "2", b"2"])
def test_an_exponent_is_a_number(n: Any) -> None:
    with pytest.raises(TypeError, match="an exponent must be a number, got "):
        leaf([1.0, 2.0]) ** n


def test_what_is_not_finite_is_shown_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for each in (math.nan, math.inf, [math.nan, 1.0]):
            assert repr(tensor(each)).split() == repr(torch.tensor(each)).split()


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ("abc", TypeError),
        ("3", TypeError),
        (None, TypeError),
        ([1.0, None], TypeError),
        (1j, TypeError),
        ([[1.0], [1.0, 2.0]], ValueError),
        (object(), TypeError),
    ],
)
def test_what_holds_no_numbers_is_no_tensor(bad: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        tensor(bad)


@pytest.mark.parametrize(
    "bad", [lambda x: x + tensor([1.0, 2.0, 3.0]), lambda x: x @ tensor([1.0, 2.0, 3.0])]
)
def test_shapes_that_do_not_fit_are_refused(bad: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(ValueError, match=r"shape|dimension"):
        bad(leaf([1.0, 2.0]))


# Its record as a graph

record.register(Tensor, record_engine)


def test_the_graph_tells_what_backward_does_and_frees_nothing() -> None:
    for seed in range(200):
        result, leaves = expression(seed, leaf)
        if result.is_leaf:
            continue
        graph = record_engine(result, **{f"leaf_{i}": each for i, each in enumerate(leaves)})
        result.backward()
        boxes = {node.name: node for node in graph.nodes if node.kind == "leaf"}
        for i, each in enumerate(leaves):
            if each.grad is not None:
                np.testing.assert_allclose(
                    boxes[f"leaf_{i}"].grad, each.grad.data, rtol=1e-9, atol=1e-12
                )
        into = {
            i: [edge.grad for edge in graph.edges if edge.start == i]
            for i in range(1, len(graph.nodes))
        }
        for i, came in into.items():
            if graph.nodes[i].kind != "cut":
                np.testing.assert_allclose(graph.nodes[i].grad, sum(came), rtol=1e-9, atol=1e-12)


def test_a_record_leaves_tensors_as_they_were_also_where_the_walk_fails() -> None:
    x = leaf(3.0)
    x.grad = tensor(5.0)
    whole, middle = x * x, x.exp()
    halfway = middle + x
    middle.backward()
    middle.rule, middle.parents = refuse, (x,)
    for result in (whole, halfway):
        before = vars(result).copy(), vars(x).copy()
        with contextlib.suppress(ZeroDivisionError):
            record(result, x=x)
        assert (vars(result), vars(x)) == before and result.grad is None
    whole.backward()
    assert x.grad.item() == pytest.approx(5 + np.exp(3) + 6)


def refuse(g: Any) -> Any:
    raise ZeroDivisionError


def test_a_box_says_what_its_rule_keeps() -> None:
    x = leaf(3.0)
    graph = record((x * 4).exp(), x=x)
    exp, mul, end, cut = graph.nodes
    assert (exp.op, exp.rule, float(exp.saved["y"])) == ("exp", "the result", np.exp(12.0))
    assert (mul.op, {name: float(value) for name, value in mul.saved.items()}) == (
        "mul",
        {"x": 3.0, "y": 4.0},
    )
    assert (end.name, end.keeps, cut.kind, float(cut.value)) == ("x", True, "cut", 4.0)
    assert [edge.local for edge in graph.edges] == [pytest.approx(np.exp(12.0)), 4.0, None]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((5, 3), (3, 2)),
        ((3,), (3, 2)),
        ((5, 3), (3,)),
        ((4, 5, 3), (3, 2)),
        ((5, 3), (4, 3, 2)),
        ((4, 5, 3), (4, 3, 2)),
    ],
)
def test_a_product_says_its_rule(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    numbers = np.random.default_rng(3)
    A, B = leaf(numbers.normal(size=a)), leaf(numbers.normal(size=b))
    made = A @ B
    assert said_and_done(record((made * made).sum(), A=A, B=B), 2, A=A.data, B=B.data) == 2


def test_the_stepper_of_lesson_5_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    x = leaf([1.0, 2.0])
    monkeypatch.setenv(STATIC, "1")
    page = show_graph((x * x).sum(), x=x).page
    assert "mul" in page and "2 operations from 1 leaf" in page


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: 3.0, TypeError, "result must be a tensor of the engine, got builtins.float"),
        (lambda: torch.tensor(3.0), TypeError, "got torch.Tensor"),
        (lambda: leaf([1.0, 2.0]) * 2, ValueError, r"one number, got shape \(2,\)"),
        (lambda: leaf(1.0), ValueError, "is it a leaf"),
        (lambda: tensor(1.0) * 2, ValueError, "nothing was recorded"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    make: Callable[[], Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        record_engine(make())


# Depth and memory

LONG = """
import sys
from autograd_tutorial.engine import tensor
x = tensor(1.0).requires_grad_()
y = x
for _ in range(100_000):
    y = y * 1.0 if {walked} else y + x
if {walked}:
    y.backward()
    assert x.grad.item() == 1.0
del y
print("freed", sys.getrecursionlimit())
"""


@pytest.mark.parametrize("walked", [True, False])
def test_a_chain_of_100_000_operations_is_walked_and_freed(walked: bool) -> None:
    said = subprocess.run(
        [sys.executable, "-c", LONG.format(walked=walked)], cwd=ROOT, text=True, capture_output=True
    )
    assert said.stdout.split() == ["freed", "1000"], said.stderr[-500:]


@pytest.mark.parametrize("walked", [True, False])
def test_a_record_goes_with_its_result(walked: bool) -> None:
    "By reference counts alone: no cycle waits for the collector."
    gc.disable()
    try:
        x = leaf([1.0, 2.0])
        middle = (x * x).exp()
        gone = weakref.ref(middle)
        y = middle.sum()
        if walked:
            y.backward()
        del middle, y
        assert gone() is None
    finally:
        gc.enable()


# Lessons 1 and 2, with another import

LOSSES = "its losses are written into a new tensor of PyTorch; a list stands in for that"
PICTURE = "a picture: matplotlib or a front end reads PyTorch's tensors"
DICE = "PyTorch throws the dice"
PUSHES = "numeric_grad pushes a float64 tensor of PyTorch"
SHOUTS = "the engine keeps no version of an array, and warns of nothing"
NOT = {  # the visible cells of lessons 1 and 2 that do not run with the engine, by how they begin, and why
    "01_gradients": {
        "explore_tangent(": PICTURE,
        "numeric_grad(": PUSHES,
        "def numeric_grad(": PUSHES,
        "errors = {": PUSHES,
        "2 * 2.0, numeric_grad": PUSHES,
        "str(caught[0]": SHOUTS,
        "x.detach().data_ptr()": "an array has no data_ptr",
        "p = torch.tensor(2.0)": SHOUTS,
        "q = torch.tensor(2.0)": SHOUTS,
    },
    "02_fit": {
        "def make_data(": DICE,
        "g = torch.Generator()": DICE,
        "params = torch.randn": DICE,
        "ax = ": PICTURE,
        "show_preds(": PICTURE,
        "def show_preds(": PICTURE,
        "fit_by_hand(": PICTURE,
        "play_fit(": PICTURE,
        "numeric_grad(": PUSHES,
        "def loss_at(": PUSHES,
        "X = torch.stack": "the route by hand is PyTorch's",
        "own = orig_params.clone()": "it asks torch.equal",
        "@checked_step\ndef fit(": LOSSES,
        "best = torch.linalg": "PyTorch solves for the best params",
        "stuck, least = ": "it compares with those",
        "my_params = torch.zeros": "it makes zeros, which the engine leaves to numpy",
    },
}


def visible(stem: str) -> list[Any]:
    "The code cells of a lesson that a reader sees, without exercises and imports."
    cells = [
        cell
        for cell in nbformat.read(ROOT / "nbs" / f"{stem}.ipynb", as_version=4).cells
        if cell.cell_type == "code"
    ]
    shown = [
        cell
        for cell in cells
        if not cell.source.startswith(("#| hide", "#| export\n", "#| default_exp"))
    ]
    asked = re.compile(r"\bq\d\.check\(|^(import|from) ", re.M)
    return [cell for cell in shown if not asked.search(cell.source)]


def code(cell: Any) -> str:
    return "\n".join(line for line in cell.source.splitlines() if not line.startswith("#|"))


def excused(stem: str, cell: Any) -> bool:
    return any(code(cell).startswith(begin) for begin in NOT[stem])


def rerun(stem: str, known: dict[str, Any]) -> list[tuple[Any, str]]:
    "Run the cells with the engine as `torch`; each with what it printed and what it ended on."
    done = []
    for cell in (each for each in visible(stem) if not excused(stem, each)):
        tree, paper = ast.parse(code(cell)), io.StringIO()
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(paper):
            exec(compile(tree, stem, "exec", LATER), known)
            value = eval(compile(ast.Expression(last.value), stem, "eval"), known) if last else None
        done.append((cell, f"{paper.getvalue()}{'' if value is None else repr(value)}"))
    return done


def of_checks(*names: str) -> dict[str, Any]:
    "Functions of the package, from their own source, where `Tensor` is the engine's."
    known: dict[str, Any] = {"Tensor": Tensor}
    source = "".join(inspect.getsource(getattr(checks, name)) for name in names)
    exec(compile(source, "checks", "exec", LATER), known)
    return known


def loop_of_fit(known: dict[str, Any]) -> Callable[..., Tensor]:
    "The loop of `fit`, with a list of losses; each step is the lesson's own."

    def fit(
        params: Tensor, time: Tensor, speed: Tensor, lr: float, steps: int, loss_fn: Any
    ) -> Any:
        step = known["apply_step"]
        preds = [step(params, time, speed, lr, loss_fn, prn=False) for _ in range(steps)]
        return tensor([loss_fn(each, speed).item() for each in preds])

    return fit


def figures(text: str) -> list[float]:
    "The numbers in it, but for those in names such as PowBackward0."
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]\d+)?", text)]


def saved(cell: Any) -> str:
    return "".join(
        out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs
    )


def same_figures(done: list[tuple[Any, str]]) -> int:
    "How many cells were compared."
    for cell, said in (
        (cell, said) for cell, said in done if "except RuntimeError" not in cell.source
    ):
        assert figures(said) == pytest.approx(figures(saved(cell)), rel=1e-4, abs=1e-4), cell.source
    return len(done)


def test_lesson_1_runs_with_another_import() -> None:
    done = rerun("01_gradients", vars(of_gradients) | {"torch": engine, "warnings": warnings})
    assert same_figures(done) >= 20
    said = {code(cell): text for cell, text in done}
    assert said["y.backward()\nx.grad"] == "tensor(4.)" and said[
        "square(x).backward()\np5.ask(x.grad, 4, 8)"
    ].startswith("8. ")
    second = next(
        text
        for source, text in said.items()
        if source.startswith('why = ""\ntry:\n    y.backward()')
    )
    assert "walked back before" in second


def test_lesson_2_runs_with_another_import() -> None:
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    start = torch.randn(3, generator=g)
    known = vars(of_fit) | of_checks("check_three", "check_curve", "check_same_shape")
    known |= {
        "torch": engine,
        "checked_step": lambda step: step,  # looks at PyTorch's types and strides
        "time": tensor(time.numpy()),
        "speed": tensor(speed.numpy()),
        "params": tensor(start.numpy()).requires_grad_(),
        "orig_params": tensor(start.numpy()),
    }
    known["fit"] = loop_of_fit(known)
    done = rerun("02_fit", known)
    assert same_figures(done) >= 16
    said = "\n".join(text for _, text in done)
    assert (
        "160.6979" in said
        and "tensor([-165.5151,  -10.6402,   -0.7900])" in said
        and "133.2652" in said
    )


def test_every_excuse_is_needed() -> None:
    for stem, excuses in NOT.items():
        assert all(any(code(cell).startswith(begin) for cell in visible(stem)) for begin in excuses)
