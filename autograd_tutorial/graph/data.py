"What a recorded graph is, whoever recorded it."

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

KINDS = ("leaf", "op", "cut", "fold")


@dataclass(frozen=True)
class Summary:
    "What is left of an array that takes too much room to be kept; asked as numpy's are."

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    ends: tuple[Any, Any]  # its least number and its greatest; of complex ones, of their sizes

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Node:
    "A box of the graph; `TypeError` or `ValueError` if it cannot be one."

    op: str  # "PowBackward0"; of a leaf or a cut, what it is
    kind: str = "op"  # "leaf", "op", "cut" or "fold"
    name: str = ""  # what the reader calls its value
    value: Any = None  # a number, an array or its `Summary`; a tuple of several; None: not kept
    grad: Any = None  # d(result)/d(value), the sum of all that came in; None: nothing did
    shape: tuple[int, ...] | None = None  # of the value, where it is known
    saved: dict[str, Any] = field(default_factory=dict)  # what backward needs, by name
    keeps: bool = False  # whether its gradient stays in `.grad`
    rule: str = ""  # the local derivative in words

    def __post_init__(self) -> None:
        if not isinstance(self.op, str) or not isinstance(self.name, str):
            raise TypeError(f"op and name must be strings, got {self.op!r} and {self.name!r}")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.shape is None and self.value is not None and not isinstance(self.value, tuple):
            object.__setattr__(self, "shape", np.shape(self.value))

    @property
    def label(self) -> str:
        "What a sentence calls the box."
        return self.name or self.op


@dataclass(frozen=True, eq=False)
class Edge:
    "An arrow: `end` used a value of `start`, so the gradient flows from `end` to `start`."

    start: int  # the box that made the value, by its place in `Graph.nodes`
    end: int  # the operation that used it
    grad: Any = None  # what flowed back along it; None: nothing did
    local: float | None = None  # d(end)/d(start), where both are single numbers
    output: int = 0  # which output of `start`, if it has several


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    "What was recorded; `TypeError` or `ValueError` unless backward can walk it."

    nodes: tuple[Node, ...]  # one or more
    edges: tuple[Edge, ...]  # those into one box in the order of its arguments
    order: tuple[int, ...]  # every box but the cuts, as backward visits them; the result first
    unused: tuple[str, ...] = ()  # what was named and takes no part

    def __post_init__(self) -> None:
        for name, kind in (("nodes", Node), ("edges", Edge), ("order", int)):
            given = getattr(self, name)
            if not isinstance(given, (list, tuple, range)):
                wanted = f"a list or a tuple of {kind.__name__}"
                raise TypeError(f"{name} must be {wanted}, got {given!r}")
            for item in given:
                if not isinstance(item, kind):
                    raise TypeError(f"{name} must hold {kind.__name__}, got {item!r}")
            object.__setattr__(self, name, tuple(given))
        _check_order(self)

    def __repr__(self) -> str:
        return "\n".join([*_table(fold(self)), *filter(None, [say_unused(self)])])


def _check_order(graph: Graph) -> None:
    count, order = len(graph.nodes), list(graph.order)
    visited = [i for i, node in enumerate(graph.nodes) if node.kind != "cut"]
    if not visited or sorted(order) != visited:
        raise ValueError(f"order must name each of the nodes {visited} once, got {order}")
    step = {node: at for at, node in enumerate(order)}
    for edge in graph.edges:
        start, end = edge.start, edge.end
        if not (0 <= start < count and end in step):
            wanted = f"lead from one of {count} nodes to an operation"
            raise ValueError(f"an edge must {wanted}, got {start} to {end}")
        if step.get(start, count) <= step[end]:
            raise ValueError(
                f"order must visit node {end} before node {start}, whose value it used"
            )


def say(
    value: Any,  # a number, an array, a tuple of them, or None
    short: bool = False,  # only what fits in a box
) -> str:
    "A value in a few characters: four digits, or its shape and its range."
    if value is None:
        return "" if short else "nothing"
    if isinstance(value, tuple):
        return f"{len(value)} values" if short else ", ".join(map(say, value))
    array: Any = value if isinstance(value, Summary) else np.asarray(value)
    if array.ndim == 0:
        return _figure(array.item())
    if array.ndim == 1 and array.size <= (0 if short else 4):
        return f"[{', '.join(map(_figure, array.tolist()))}]"
    shape = _shape(array.shape)
    if short or array.dtype.kind not in "iuf" or not array.size:
        return shape
    kept = isinstance(array, Summary)
    low, high = map(_figure, array.ends if kept else (array.min().item(), array.max().item()))
    return f"{shape} all {low}" if low == high else f"{shape} from {low} to {high}"


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (float, complex)) else str(value)


def say_unused(
    graph: Graph,  # of any size
    most: int = 6,  # the most names to be told
) -> str:  # empty where all took part
    "What was named and takes no part, so that nothing comes back to it."
    names, count = ", ".join(graph.unused[:most]), len(graph.unused)
    more = f" and {count - most:,} more" if count > most else ""
    return f"Not on the way: {names}{more}." if count else ""


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def say_value(
    node: Node,  # of a graph
    short: bool = True,  # only what fits in a box
) -> str:
    "The value of a box, as `name = value` where it has a name."
    if node.value is not None:
        said = say(node.value, short)
        return f"{node.name} = {said}" if node.name else said
    shape = _shape(node.shape) if node.shape else ""
    return node.name or ("" if node.kind in ("fold", "leaf") else f"{shape} not kept".strip())


def _table(graph: Graph) -> list[str]:
    "A line for each step back, under it one for each way on."
    into = edges_into(graph)
    rows = [("step", "box", "value", "came in", "local", "goes out")]
    for at, i in enumerate(graph.order):
        node = graph.nodes[i]
        stays = "stays in .grad" if node.keeps else ""
        rows.append((str(at + 1), node.op, say_value(node, short=False), say(node.grad), "", stays))
        for edge in into[i]:
            start = graph.nodes[edge.start]
            local = "" if edge.local is None else f"× {_figure(edge.local)}"
            cut, goes = start.kind == "cut", f"{'= ' if local else ''}{say(edge.grad)}"
            value = say_value(start, short=False) if cut else ""
            rows.append(("", f"  to {start.label}", value, "", local, "" if cut else goes))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([*map(str.ljust, row, widths)] for row in rows)
    return ["  ".join(row).rstrip() for row in padded]


def edges_into(
    graph: Graph,  # of any size
) -> dict[int, list[Edge]]:  # by box, in the order of its arguments
    "The arrows into each box."
    into: dict[int, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        into[edge.end].append(edge)
    return into


def fold(
    graph: Graph,  # of any size
    most: int = 40,  # the most steps to be shown one by one
) -> Graph:  # the same graph where it is small enough
    "The first and the last steps, with one box for all between; `TypeError` or `ValueError` on bad input."
    if not isinstance(graph, Graph):
        raise TypeError(f"graph must be a Graph, got {graph!r}")
    if not isinstance(most, int) or isinstance(most, bool):
        raise TypeError(f"most must be a whole number, got {most!r}")
    if most < 2:
        raise ValueError(f"most must be 2 or more, got {most}")
    if len(graph.order) <= most:
        return graph
    middle = set(graph.order[most // 2 : len(graph.order) - most // 2])
    cuts = {edge.start for edge in graph.edges if edge.end in middle} - {*graph.order}
    gone = middle | cuts
    kept = [i for i in range(len(graph.nodes)) if i not in gone]
    place = {old: new for new, old in enumerate(kept)} | dict.fromkeys(middle, len(kept))
    nodes = (*(graph.nodes[i] for i in kept), Node(f"{len(middle):,} more steps", "fold"))
    order = tuple(dict.fromkeys(place[i] for i in graph.order))
    return replace(graph, nodes=nodes, edges=_folded_edges(graph, place, len(kept)), order=order)


def _folded_edges(graph: Graph, place: dict[int, int], middle: int) -> tuple[Edge, ...]:
    "The arrows between boxes that are still there; those that share both ends with the fold become one."
    found: dict[Any, Edge] = {}
    for edge in graph.edges:
        start, end = place.get(edge.start), place[edge.end]
        if start is None or start == end == middle:
            continue
        moved = replace(edge, start=start, end=end)
        if middle not in (start, end):
            found[edge] = moved
        elif (start, end) in found:
            found[start, end] = replace(moved, grad=None, local=None)
        else:
            found[start, end] = replace(moved, local=moved.local if start == middle else None)
    return tuple(found.values())
