"""Where the boxes of a graph stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from autograd_tutorial.graph.data import Graph, edges_into, say, say_value


@dataclass(frozen=True)
class Layout:
    "A drawn graph, in pixels from the upper left."

    boxes: list[tuple[float, float, float, float]]  # left, top, width, height
    texts: list[tuple[str, str, str]]  # what stands in each: operation, value, gradient
    routes: list[
        list[tuple[float, float]]
    ]  # each arrow from left to right; level between 2k and 2k + 1
    labels: list[tuple[float, float, str] | None]  # its gradient: middle, baseline; None: no room
    width: float
    height: float


GAP = (66, 22)  # between columns, between boxes in one
HEIGHTS = {"op": 60, "leaf": 60, "fold": 42, "cut": 42}
THIN = 14  # what an arrow takes that passes through a column
LETTER = 6.7  # how wide a letter is at most, on average
BOLD = 7.8  # and one of the first line
LONGEST = 24  # letters in a box
LIGHT = 0.01  # how much a cut pulls, where a box pulls 1


def lay_out(
    graph: Graph,  # small enough to be read: see `fold`
) -> Layout:
    "Columns by depth, the result at the right; no two boxes overlap, nor do two labels."
    texts = [_texts(graph, i) for i in range(len(graph.nodes))]
    wide = (
        max(
            max(BOLD * len(op), LETTER * len(value), LETTER * len(grad))
            for op, value, grad in texts
        )
        + 16
    )
    columns, chains = _columns(graph)
    _uncross(columns, chains)
    middles = _middles(graph, columns, chains)
    pitch = wide + GAP[0]
    lefts = {cell: 1 + k * pitch for k, column in enumerate(columns) for cell in column}
    heights = [HEIGHTS[node.kind] for node in graph.nodes]
    boxes = [(lefts[i], middles[i] - high / 2, wide, float(high)) for i, high in enumerate(heights)]
    routes = _routes(chains, lefts, middles, wide)
    width, height = len(columns) * pitch - GAP[0] + 2, max(y + high for _, y, _, high in boxes) + 6
    return Layout(
        boxes,
        texts,
        routes,
        _labels(graph, routes),
        round(width, 1),
        max(height, max(middles.values()) + 12),
    )


def _texts(graph: Graph, i: int) -> tuple[str, str, str]:
    node = graph.nodes[i]
    grad = say(node.grad, short=True)
    said = f"{'.grad = ' if node.keeps else 'grad '}{grad}" if grad else ""
    op, value, grad = (
        line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
        for line in (node.op, say_value(node), said)
    )
    return op, value, grad


Cell = int | tuple[int, int]


def _columns(graph: Graph) -> tuple[list[list[Cell]], list[list[Cell]]]:
    "The cells of each column, from left to right; the chain of each arrow."
    into = edges_into(graph)
    depth = dict.fromkeys(range(len(graph.nodes)), 0)
    for i in graph.order:
        for edge in into[i]:
            depth[edge.start] = max(depth[edge.start], depth[i] + 1)
    last = max(depth.values())
    columns: list[list[Cell]] = [[] for _ in range(last + 1)]
    for i in [*graph.order, *(i for i, node in enumerate(graph.nodes) if node.kind == "cut")]:
        columns[last - depth[i]].append(i)
    chains: list[list[Cell]] = []
    for k, edge in enumerate(graph.edges):
        passed = [last - at for at in range(depth[edge.end] + 1, depth[edge.start])]
        chains.append([edge.end, *((k, at) for at in passed), edge.start])
        for at in passed:
            columns[at].append((k, at))
    return columns, chains


def _neighbours(chains: list[list[Cell]]) -> tuple[dict[Cell, list[Cell]], dict[Cell, list[Cell]]]:
    "What each cell is joined to on its left, and on its right."
    left: dict[Cell, list[Cell]] = defaultdict(list)
    right: dict[Cell, list[Cell]] = defaultdict(list)
    for chain in chains:
        for end, start in pairwise(chain):
            left[end].append(start)
            right[start].append(end)
    return left, right


def _uncross(columns: list[list[Cell]], chains: list[list[Cell]], sweeps: int = 12) -> None:
    "Order each column by the mean place of its neighbours, right to left and back; keep the best order."
    left, right = _neighbours(chains)
    best, fewest = [list(column) for column in columns], _crossings(columns, left)
    for sweep in range(sweeps):
        walk = columns[-2::-1] if sweep % 2 == 0 else columns[1:]
        near = right if sweep % 2 == 0 else left
        for column in walk:
            place = {cell: k for each in columns for k, cell in enumerate(each)}
            column.sort(key=lambda cell: _mean([place[each] for each in near[cell]], place[cell]))
        count = _crossings(columns, left)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
    for column, cells in zip(columns, best, strict=True):
        column[:] = cells


def _mean(values: Sequence[float], otherwise: float, weights: Sequence[float] = ()) -> float:
    pulls = weights or [1.0] * len(values)
    return (
        sum(value * pull for value, pull in zip(values, pulls, strict=True)) / sum(pulls)
        if values
        else otherwise
    )


def _crossings(columns: list[list[Cell]], left: dict[Cell, list[Cell]]) -> int:
    count = 0
    place = {cell: k for each in columns for k, cell in enumerate(each)}
    for column in columns:
        pairs = [(k, place[each]) for k, cell in enumerate(column) for each in left[cell]]
        count += sum(
            (a[0] - b[0]) * (a[1] - b[1]) < 0 for i, a in enumerate(pairs) for b in pairs[:i]
        )
    return count


def _middles(
    graph: Graph, columns: list[list[Cell]], chains: list[list[Cell]]
) -> dict[Cell, float]:
    "The height at which the middle of each cell stands."
    high = {
        cell: HEIGHTS[graph.nodes[cell].kind] if isinstance(cell, int) else THIN
        for each in columns
        for cell in each
    }
    left, right = _neighbours(chains)
    near = {cell: left[cell] + right[cell] for cell in high}
    pull = {
        cell: LIGHT if isinstance(cell, int) and graph.nodes[cell].kind == "cut" else 1.0
        for cell in high
    }
    gaps = [
        [0.0, *((high[a] + high[b]) / 2 + GAP[1] for a, b in pairwise(each))] for each in columns
    ]
    middles: dict[Cell, float] = dict.fromkeys(high, 0.0)
    for sweep in range(16):
        for column, gap in list(zip(columns, gaps, strict=True))[:: 1 if sweep % 2 else -1]:
            wanted = [
                _mean(
                    [middles[each] for each in near[cell]], 0.0, [pull[each] for each in near[cell]]
                )
                for cell in column
            ]
            middles.update(
                zip(column, _apart(wanted, gap, [pull[cell] for cell in column]), strict=True)
            )
    top = min(middles[cell] - high[cell] / 2 for cell in high) - 6
    return {cell: round(at - top, 1) for cell, at in middles.items()}


def _apart(wanted: list[float], gaps: list[float], pulls: list[float]) -> list[float]:
    "The places nearest to those wanted, each at least its gap below the one before."
    offsets = list(accumulate(gaps))
    pools: list[tuple[float, float, int]] = []
    for want, offset, pull in zip(wanted, offsets, pulls, strict=True):
        pools.append((want - offset, pull, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, m, below), (up, n, above) = pools.pop(), pools.pop()
            pools.append(((low * m + up * n) / (m + n), m + n, below + above))
    level = [at for at, _, count in pools for _ in range(count)]
    return [at + offset for at, offset in zip(level, offsets, strict=True)]


def _routes(
    chains: list[list[Cell]], lefts: dict[Cell, float], middles: dict[Cell, float], wide: float
) -> list[list[tuple[float, float]]]:
    ends = _ports([(chain[0], middles[chain[1]]) for chain in chains], middles)
    starts = _ports([(chain[-1], middles[chain[-2]]) for chain in chains], middles)
    routes = []
    for k, chain in enumerate(chains):
        route = [(lefts[chain[-1]] + wide, starts[k])]
        for cell in chain[-2:0:-1]:
            route += [(lefts[cell], middles[cell]), (lefts[cell] + wide, middles[cell])]
        routes.append([*route, (lefts[chain[0]], ends[k])])
    return routes


def _ports(ends: list[tuple[Cell, float]], middles: dict[Cell, float]) -> list[float]:
    "At which height each arrow meets its box, given the box and the height that it comes from."
    at: dict[Cell, list[tuple[float, int]]] = defaultdict(list)
    for k, (cell, height) in enumerate(ends):
        at[cell].append((height, k))
    ports = [0.0] * len(ends)
    for cell, each in at.items():
        apart = min(18.0, 38 / max(1, len(each) - 1))
        for rank, (_, k) in enumerate(sorted(each)):
            ports[k] = round(middles[cell] + apart * (rank - (len(each) - 1) / 2), 1)
    return ports


def _labels(
    graph: Graph, routes: list[list[tuple[float, float]]]
) -> list[tuple[float, float, str] | None]:
    "Each gradient above or below its arrow, in the first gap from the right where nothing stands yet."
    labels: list[tuple[float, float, str] | None] = []
    for edge, route in zip(graph.edges, routes, strict=True):
        text = say(edge.grad, short=True)
        gaps = list(zip(route[::2], route[1::2], strict=True))[::-1]
        spots = [
            ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + by, text)
            for a, b in gaps
            for by in (-5.0, 15.0)
        ]
        taken = [label for label in labels if label]
        free = [spot for spot in spots if text and not any(_touch(spot, each) for each in taken)]
        labels.append(free[0] if free else None)
    return labels


def _touch(one: tuple[float, float, str], other: tuple[float, float, str]) -> bool:
    across = LETTER * (len(one[2]) + len(other[2])) / 2
    return abs(one[0] - other[0]) < across and abs(one[1] - other[1]) < 14
