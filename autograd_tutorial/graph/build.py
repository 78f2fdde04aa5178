"What both recorders share: from one walk back, noted, to a graph."

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autograd_tutorial.graph.data import Edge, Graph, Node


@dataclass(frozen=True)
class Way:
    "From an operation on to one of its inputs."

    to: Any  # the operation or the leaf that made the input; a box of its own if nothing recorded did
    grad: Any = None  # what flowed back to it; None: nothing did
    local: float | None = None  # d(operation)/d(input), where both are single numbers
    output: int = 0  # which output of `to`, if it has several


def reached(
    result: Any,  # where to begin
    inputs: Callable[[Any], Iterable[Any]],  # what each was made from
) -> list[Any]:
    "Everything that `result` was made from, and `result` itself, which is first."
    found, known = [result], {result}
    for each in found:  # the list grows while we walk along it
        for made in inputs(each):
            if made not in known:
                known.add(made)
                found.append(made)
    return found


def build(
    leaves: dict[Any, Node],  # the box of each leaf
    walked: dict[
        Any, tuple[Node, list[Way]]
    ],  # the box and the ways on of each operation, as they ran
    unused: tuple[str, ...] = (),  # what was named and takes no part
) -> Graph:
    "The graph of a walk; each leaf is visited as soon as the last way to it is walked."
    left = Counter(way.to for _, ways in walked.values() for way in ways if way.to in leaves)
    order, cuts = list[Any](), list[Any]()
    for operation, (_, ways) in walked.items():
        order.append(operation)
        for way in ways:
            left[way.to] -= 1
            order += [way.to] if way.to in leaves and not left[way.to] else []
            cuts += [way.to] if isinstance(way.to, Node) else []
    place = {each: i for i, each in enumerate([*order, *cuts])}
    boxes = leaves | {operation: box for operation, (box, _) in walked.items()}
    edges = (
        Edge(place[way.to], place[operation], way.grad, way.local, way.output)
        for operation, (_, ways) in walked.items()
        for way in ways
    )
    nodes = (*(boxes[each] for each in order), *cuts)
    return Graph(nodes, tuple(edges), tuple(range(len(order))), unused)
