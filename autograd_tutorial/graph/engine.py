"""The record of our own engine, as a graph to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_tutorial.engine import Tensor, _undo_broadcast, _uses
from autograd_tutorial.graph.data import Edge, Graph, Node
from autograd_tutorial.graph.pytorch import RULES, record


class _Walk:
    "The order in which the tensors were reached, the slope of each, and the parts along each arrow."

    def __init__(self, result: Tensor):
        self.order, self.parts = [result], dict[Tensor, list[Any]]()
        self.slopes: dict[Tensor, Any] = {result: np.ones_like(result.data)}
        uses, ready = _uses(result), [result]
        while ready:
            node = ready.pop()
            self.parts[node] = _parts(node, self.slopes[node])
            for parent, part in zip(node.parents, self.parts[node], strict=True):
                uses[parent] -= 1
                if parent.requires_grad:
                    self.slopes[parent] = self.slopes.get(parent, 0) + part
                    self.order += [parent] if not uses[parent] and parent.is_leaf else []
                    ready += [parent] if not uses[parent] and not parent.is_leaf else []
            self.order += ready[-1:] if ready else []


def _parts(node: Tensor, slope: Any) -> list[Any]:
    "What the rule of `node` hands to each parent, of the parent's shape."
    return [
        _undo_broadcast(np.asarray(part), parent.shape)
        for parent, part in zip(node.parents, node.rule(slope), strict=True)
    ]


def _saved(node: Tensor) -> dict[str, Any]:
    "The numbers and arrays that the rule of `node` keeps, by the name they have in it."
    cells = zip(node.rule.__code__.co_freevars, node.rule.__closure__ or (), strict=True)
    kept = {name: cell.cell_contents for name, cell in cells}
    return {
        name: value
        for name, value in kept.items()
        if isinstance(value, (int, float, np.ndarray, np.floating))
    }


NAMES = {"matmul": "Mm", "getitem": "Select"}  # what lesson 5's list of rules calls them


def _words(node: Tensor) -> str:
    "The local derivative in words."
    name = NAMES.get(node.name, node.name.capitalize())
    return next(
        (words for words, each in RULES.items() if name in each.split()),
        "n·xⁿ⁻¹" if name == "Pow" else "",
    )


def _box(node: Tensor, walk: _Walk, names: dict[Tensor, str]) -> Node:
    name, value, slope = names.get(node, ""), node.data.copy(), walk.slopes.get(node)
    if node.is_leaf:
        return Node("leaf", "leaf", name, value, slope, keeps=True, rule="added to .grad")
    return Node(node.name, "op", name, value, slope, saved=_saved(node), rule=_words(node))


def _arrows(walk: _Walk, names: dict[Tensor, str]) -> tuple[list[Node], list[Edge]]:
    "The boxes without a record, one for each use, and all arrows."
    place = {node: i for i, node in enumerate(walk.order)}
    cuts, edges = list[Node](), list[Edge]()
    for node, parts in walk.parts.items():
        for slot, (parent, part) in enumerate(zip(node.parents, parts, strict=True)):
            start = place.get(parent, len(place) + len(cuts))
            cuts += (
                []
                if parent in place
                else [Node("no record", "cut", names.get(parent, ""), parent.data.copy())]
            )
            edges.append(_arrow(start, place[node], parent, node, slot, part))
    return cuts, edges


def _arrow(start: int, end: int, parent: Tensor, node: Tensor, slot: int, part: Any) -> Edge:
    if not parent.requires_grad:
        return Edge(start, end)
    single = parent.data.size == node.data.size == 1
    return Edge(
        start,
        end,
        part,
        float(_parts(node, np.ones_like(node.data))[slot].item()) if single else None,
    )


@record.register(Tensor)
def record_engine(
    result: Tensor,  # one number that the engine recorded, not yet walked back
    /,
    **named: Tensor,  # tensors by the names that they shall have
) -> Graph:  # plain data, for `show_graph`
    "What was recorded on the way to it; `TypeError` or `ValueError` on bad input."
    _check_walkable(result, named)
    walk, names = _Walk(result), {tensor: name for name, tensor in named.items()}
    nodes = [_box(node, walk, names) for node in walk.order]
    cuts, edges = _arrows(walk, names)
    return Graph((*nodes, *cuts), tuple(edges), tuple(range(len(nodes))))


def _check_walkable(result: Any, named: dict[str, Any]) -> None:
    for name, value in (("result", result), *named.items()):
        if not all(hasattr(value, each) for each in ("data", "parents", "rule", "requires_grad")):
            raise TypeError(
                f"{name} must be a tensor of the engine, got {type(value).__module__}.{type(value).__name__}"
            )
    if result.data.size != 1:
        raise ValueError(
            f"result must be one number, got shape {result.shape}: use .sum() or .mean()"
        )
    if not result.parents:
        raise ValueError(
            "nothing was recorded on the way to result: is it a leaf, under no_grad, or walked back before?"
        )
