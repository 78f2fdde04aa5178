"The record of the reader's own engine: noted while the engine itself walks back, then put back."

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_tutorial.graph.build import Way, build, reached
from autograd_tutorial.graph.data import Graph, Node
from autograd_tutorial.graph.rules import operation_of, rule_of

_NEEDED = ("data", "parents", "rule", "requires_grad", "hand_on", "backward")  # as in lesson 6


def record_engine(
    result: Any,  # one number that an engine as in lesson 6 recorded, not yet walked back
    /,
    **named: Any,  # its tensors by the names that they shall have
) -> Graph:  # plain data, for `show_graph`
    "What was recorded on the way to it; `TypeError` or `ValueError` on bad input."
    _check_walkable(result, named)
    names = {tensor: name for name, tensor in named.items()}
    noted, slopes = _walked(result)
    leaves = {leaf: _leaf(leaf, slope, names.get(leaf, "")) for leaf, slope in slopes.items()}
    walked = {
        tensor: (_box(tensor, came, names.get(tensor, "")), _ways(tensor, parts, names))
        for tensor, (came, parts) in noted.items()
    }
    return build(leaves, walked)


def _check_walkable(result: Any, named: dict[str, Any]) -> None:
    for name, value in (("result", result), *named.items()):
        if not all(hasattr(value, each) for each in _NEEDED):
            got = f"{type(value).__module__}.{type(value).__name__}"
            raise TypeError(f"{name} must be a tensor of the engine, got {got}")
    if result.data.size != 1:
        got = f"got shape {result.shape}"
        raise ValueError(f"result must be one number, {got}: use .sum() or .mean()")
    if not result.parents:
        why = "is it a leaf, under no_grad, or walked back before?"
        raise ValueError(f"nothing was recorded on the way to result: {why}")


def _walked(result: Any) -> tuple[dict[Any, tuple[Any, list[Any]]], dict[Any, Any]]:
    "What came in and what went on at each tensor, in the order of the walk; what each leaf got."
    tensors = reached(result, lambda tensor: tensor.parents)
    before = [(tensor, tensor.parents, tensor.rule, tensor.grad) for tensor in tensors]
    noted: dict[Any, tuple[Any, list[Any]]] = {}
    try:
        for tensor in tensors:
            tensor.grad, tensor.hand_on = None, _noting(tensor, noted)
        result.backward()
        return noted, {each: each.grad.data for each in tensors if each.grad is not None}
    finally:
        for tensor, parents, rule, grad in before:
            tensor.parents, tensor.rule, tensor.grad = parents, rule, grad
            vars(tensor).pop("hand_on", None)


def _noting(tensor: Any, noted: dict[Any, tuple[Any, list[Any]]]) -> Any:
    hand_on = tensor.hand_on

    def note(slope: Any) -> list[Any]:
        parts: list[Any] = hand_on(slope)
        noted[tensor] = (slope, parts)
        return parts

    return note


def _leaf(leaf: Any, slope: Any, name: str) -> Node:
    value = leaf.data.copy()
    return Node("leaf", "leaf", name, value, slope, keeps=True, rule="added to .grad")


def _box(tensor: Any, came: Any, name: str) -> Node:
    saved, value = _saved(tensor), tensor.data.copy()
    rule = rule_of(operation_of(tensor.name), saved.get("n"))
    return Node(tensor.name, "op", name, value, came, saved=saved, rule=rule)


def _saved(tensor: Any) -> dict[str, Any]:
    "The numbers and arrays that the rule of `tensor` keeps, by the name they have in it."
    cells = zip(tensor.rule.__code__.co_freevars, tensor.rule.__closure__ or (), strict=True)
    kept = {name: cell.cell_contents for name, cell in cells}
    numeric = (int, float, np.ndarray, np.floating)
    return {name: value for name, value in kept.items() if isinstance(value, numeric)}


def _ways(tensor: Any, parts: list[Any], names: dict[Any, str]) -> list[Way]:
    locals_ = tensor.hand_on(np.ones_like(tensor.data)) if tensor.data.size == 1 else parts
    ways = []
    for parent, part, local in zip(tensor.parents, parts, locals_, strict=True):
        if parent.requires_grad:
            single = tensor.data.size == parent.data.size == 1
            ways.append(Way(parent, part, float(local.item()) if single else None))
        else:
            cut = Node("no record", "cut", names.get(parent, ""), parent.data.copy())
            ways.append(Way(cut))
    return ways
