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
    if node.kind == "fold" and not node.op.endswith(" steps"):
        return f"{node.saved['steps']:,} steps"
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
    count, half = len(graph.order), most // 2
    if count <= most:
        return graph
    middle = Piece(f"{count - 2 * half:,} more steps", range(half, count - half))
    ends = [Piece("", range(k, k + 1)) for k in range(count) if k not in middle.steps]
    return group(graph, [*ends[:half], middle, *ends[half:]])[0]


@dataclass(frozen=True)
class Piece:
    "Steps of a walk that are drawn as one box."

    name: str  # of the box, unless it is a single step; empty: how many there are
    steps: range  # from 0; one or more


def group(
    graph: Graph,  # of any size
    pieces: list[Piece],  # all steps, in their order
) -> tuple[Graph, list[int]]:  # a step for each piece; at which step, from 0, each arrow is walked
    "The same graph with one box for each piece; arrows within a piece are gone, those that share both ends with one are one."
    place: dict[int, int] = {}
    nodes: list[Node] = []
    for k, piece in enumerate(pieces):
        inside = [graph.order[step] for step in piece.steps]
        place.update(dict.fromkeys(inside, k))
        single = graph.nodes[inside[0]] if len(inside) == 1 else None
        count = sum(graph.nodes[i].saved.get("steps", 1) for i in inside)
        name = piece.name or f"{count:,} steps"
        nodes.append(single or Node(name, "fold", saved=dict(steps=count)))
    order, step = tuple(range(len(nodes))), {i: at for at, i in enumerate(graph.order)}
    found: dict[Any, Edge] = {}
    walked: dict[Any, int] = {}
    for edge in graph.edges:
        end, cut = place[edge.end], edge.start not in step
        if cut and nodes[end].kind != "fold":
            place[edge.start] = len(nodes)
            nodes.append(graph.nodes[edge.start])
        start = place.get(edge.start, end)
        if start == end:
            continue
        folds = "fold" in (nodes[start].kind, nodes[end].kind)
        key, moved = (start, end) if folds else edge, replace(edge, start=start, end=end)
        walked[key] = min(step[edge.end], walked.get(key, len(step)))
        found[key] = replace(moved, grad=None, local=None) if key in found else moved
    return replace(graph, nodes=tuple(nodes), edges=(*found.values(),), order=order), [
        *walked.values()
    ]
