"Where the boxes of a graph stand."

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations, pairwise

from autograd_tutorial.graph.data import Graph, edges_into, say, say_value

Point = tuple[float, float]
Label = tuple[float, float, str]  # middle, baseline, text


@dataclass(frozen=True)
class Layout:
    "A drawn graph, in pixels from the upper left."

    boxes: list[tuple[float, float, float, float]]  # left, top, width, height
    texts: list[tuple[str, str, str]]  # what stands in each: operation, value, gradient
    routes: list[list[Point]]  # each arrow from left to right; level between 2k and 2k + 1
    labels: list[Label | None]  # the gradient of each arrow; None: no room
    width: float
    height: float
    box: float  # how wide each is
    pitch: float  # from column to column
    columns: int


GAP = (66, 22)  # between columns, between boxes in one
HEIGHTS = {"op": 60, "leaf": 60, "fold": 42, "cut": 42}
THIN = 14  # what an arrow takes that passes through a column
LETTER = 6.7  # how wide a letter is at most, on average
BOLD = 7.8  # and one of the first line
LONGEST = 24  # letters in a box
LIGHT = 0.01  # how much a cut pulls, where a box pulls 1

Cell = (
    int | tuple[int, int]
)  # of a column: a box, or an arrow that passes, and through which column
Column = list[Cell]
Chain = list[Cell]  # an arrow, from its end at the right to its start


def lay_out(
    graph: Graph,  # small enough to be read: see `fold`
) -> Layout:
    "Columns by depth, the result at the right; no two boxes overlap, nor do two labels."
    texts = [_texts(graph, i) for i in range(len(graph.nodes))]
    wide = max(max(BOLD * len(op), *(LETTER * len(line) for line in lines)) for op, *lines in texts)
    wide += 16
    columns, chains = _columns(graph)
    columns = _uncrossed(columns, chains)
    middles = _middles(graph, columns, chains)
    pitch = wide + GAP[0]
    lefts = {cell: 1 + k * pitch for k, column in enumerate(columns) for cell in column}
    heights = [HEIGHTS[node.kind] for node in graph.nodes]
    boxes = [(lefts[i], middles[i] - high / 2, wide, float(high)) for i, high in enumerate(heights)]
    routes = _routes(chains, lefts, middles, wide)
    width = round(len(columns) * pitch - GAP[0] + 2, 1)
    height = max(max(y + high for _, y, _, high in boxes) + 6, max(middles.values()) + 12)
    return Layout(
        boxes, texts, routes, _labels(graph, routes), width, height, wide, pitch, len(columns)
    )


def _texts(graph: Graph, i: int) -> tuple[str, str, str]:
    node = graph.nodes[i]
    grad = say(node.grad, short=True)
    said = f"{'.grad = ' if node.keeps else 'grad '}{grad}" if grad else ""
    value = say_value(node)
    if node.name and len(value) > LONGEST:
        names = [each.name for each in graph.nodes]
        value = say_value(replace(node, name=short_name(node.name, names)))
        value = value if len(value) <= LONGEST else _bent(value.split(" = ")[0])
    if node.kind == "fold":
        return _bent(_short_fold(node.op, graph)), value, ""
    return _short(node.op), value, _short(said)


def _short_fold(name: str, graph: Graph) -> str:
    ends = {end for each in graph.nodes if each.kind == "fold" for end in each.op.split(" to ")}
    long = any(len(end) > LONGEST - 8 and "." in end for end in ends)
    return " to ".join(short_name(end, ends) if long else end for end in name.split(" to "))


def short_name(
    name: str,  # one of them; several of one tensor, with commas between
    names: Iterable[str],  # all that are shown
) -> str:
    "The name without the front that it does not need to differ from the others: `…1.weight`."
    parts = {part for each in names for part in each.split(", ")}
    return ", ".join(_tail(part, parts - {part}) for part in name.split(", "))


def _tail(name: str, others: set[str]) -> str:
    words = name.split(".")
    ends = [".".join(words[k:]) for k in range(len(words) - 1, 0, -1)]
    alone = (end for end in ends if not any(f".{each}".endswith(f".{end}") for each in others))
    end = next(alone, "")
    return f"…{end}" if end else name


def _bent(line: str) -> str:
    "Both ends of what is too long."
    return line if len(line) <= LONGEST else f"{line[:9]}…{line[10 - LONGEST :]}"


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _columns(graph: Graph) -> tuple[list[Column], list[Chain]]:
    "The cells of each column, from left to right; the chain of each arrow."
    into = edges_into(graph)
    depth = dict.fromkeys(range(len(graph.nodes)), 0)
    for i in graph.order:
        for edge in into[i]:
            depth[edge.start] = max(depth[edge.start], depth[i] + 1)
    last = max(depth.values())
    columns: list[Column] = [[] for _ in range(last + 1)]
    for i in [*graph.order, *(i for i, node in enumerate(graph.nodes) if node.kind == "cut")]:
        columns[last - depth[i]].append(i)
    chains: list[Chain] = []
    for k, edge in enumerate(graph.edges):
        passed = [last - at for at in range(depth[edge.end] + 1, depth[edge.start])]
        chains.append([edge.end, *((k, at) for at in passed), edge.start])
        for at in passed:
            columns[at].append((k, at))
    return columns, chains


def _neighbours(chains: list[Chain]) -> tuple[dict[Cell, list[Cell]], dict[Cell, list[Cell]]]:
    "What each cell is joined to on its left, and on its right."
    left: dict[Cell, list[Cell]] = defaultdict(list)
    right: dict[Cell, list[Cell]] = defaultdict(list)
    for chain in chains:
        for end, start in pairwise(chain):
            left[end].append(start)
            right[start].append(end)
    return left, right


def _uncrossed(columns: list[Column], chains: list[Chain], sweeps: int = 12) -> list[Column]:
    "Each column ordered by the mean place of its neighbours, right to left and back; the best order."
    left, right = _neighbours(chains)
    best, fewest = columns, _crossings(columns, left)
    columns = [[*column] for column in columns]
    for sweep in range(sweeps):
        leftwards = sweep % 2 == 0
        near = right if leftwards else left
        for column in columns[-2::-1] if leftwards else columns[1:]:
            place = _places(columns)
            column.sort(key=lambda cell: _mean([place[n] for n in near[cell]], place[cell]))
        count = _crossings(columns, left)
        if count < fewest:
            best, fewest = [[*column] for column in columns], count
    return best


def _places(columns: list[Column]) -> dict[Cell, int]:
    return {cell: k for column in columns for k, cell in enumerate(column)}


def _mean(values: Sequence[float], otherwise: float, pulls: Sequence[float] = ()) -> float:
    if not values:
        return otherwise
    pulls = pulls or [1.0] * len(values)
    return sum(value * pull for value, pull in zip(values, pulls, strict=True)) / sum(pulls)


def _crossings(columns: list[Column], left: dict[Cell, list[Cell]]) -> int:
    place, count = _places(columns), 0
    for column in columns:
        pairs = [(k, place[n]) for k, cell in enumerate(column) for n in left[cell]]
        count += sum((a - b) * (x - y) < 0 for (a, x), (b, y) in combinations(pairs, 2))
    return count


def _middles(graph: Graph, columns: list[Column], chains: list[Chain]) -> dict[Cell, float]:
    "The height at which the middle of each cell stands."
    high: dict[Cell, float] = {cell: THIN for column in columns for cell in column}
    pull = dict.fromkeys(high, 1.0)
    for i, node in enumerate(graph.nodes):
        high[i], pull[i] = HEIGHTS[node.kind], LIGHT if node.kind == "cut" else 1.0
    left, right = _neighbours(chains)
    near = {cell: left[cell] + right[cell] for cell in high}
    gaps = [[0.0, *((high[a] + high[b]) / 2 + GAP[1] for a, b in pairwise(c))] for c in columns]
    middles: dict[Cell, float] = dict.fromkeys(high, 0.0)
    for sweep in range(16):
        for column, gap in list(zip(columns, gaps, strict=True))[:: 1 if sweep % 2 else -1]:
            pulls = [[pull[n] for n in near[cell]] for cell in column]
            heights = [[middles[n] for n in near[cell]] for cell in column]
            wanted = [_mean(each, 0.0, by) for each, by in zip(heights, pulls, strict=True)]
            spread = _spread(wanted, gap, [pull[cell] for cell in column])
            middles.update(zip(column, spread, strict=True))
    top = min(middles[cell] - high[cell] / 2 for cell in high) - 6
    return {cell: round(at - top, 1) for cell, at in middles.items()}


def _spread(wanted: list[float], gaps: list[float], pulls: list[float]) -> list[float]:
    "The heights nearest to those wanted, each at least its gap below the one before."
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
    chains: list[Chain], lefts: dict[Cell, float], middles: dict[Cell, float], wide: float
) -> list[list[Point]]:
    ends = _ports([(chain[0], middles[chain[1]]) for chain in chains], middles)
    starts = _ports([(chain[-1], middles[chain[-2]]) for chain in chains], middles)
    routes = []
    for chain, start, end in zip(chains, starts, ends, strict=True):
        route = [(lefts[chain[-1]] + wide, start)]
        for cell in chain[-2:0:-1]:
            route += [(lefts[cell], middles[cell]), (lefts[cell] + wide, middles[cell])]
        routes.append([*route, (lefts[chain[0]], end)])
    return routes


def _ports(ends: list[tuple[Cell, float]], middles: dict[Cell, float]) -> list[float]:
    "At which height each arrow meets its box, given the box and the height that it comes from."
    meeting: dict[Cell, list[tuple[float, int]]] = defaultdict(list)
    for k, (cell, height) in enumerate(ends):
        meeting[cell].append((height, k))
    ports = [0.0] * len(ends)
    for cell, arrows in meeting.items():
        gap = min(18.0, 38 / max(1, len(arrows) - 1))
        for rank, (_, k) in enumerate(sorted(arrows)):
            ports[k] = round(middles[cell] + gap * (rank - (len(arrows) - 1) / 2), 1)
    return ports


def _labels(graph: Graph, routes: list[list[Point]]) -> list[Label | None]:
    "Each gradient above or below its arrow, in the first gap from the right where nothing stands yet."
    labels: list[Label | None] = []
    for edge, route in zip(graph.edges, routes, strict=True):
        text = say(edge.grad, short=True)
        gaps = list(zip(route[::2], route[1::2], strict=True))[::-1]
        spots = [((x + x2) / 2, (y + y2) / 2 + by) for (x, y), (x2, y2) in gaps for by in (-5, 15)]
        free = [(*spot, text) for spot in spots if text and not _taken((*spot, text), labels)]
        labels.append(free[0] if free else None)
    return labels


def _taken(spot: Label, labels: list[Label | None]) -> bool:
    x, y, text = spot
    return any(
        label is not None
        and abs(x - label[0]) < LETTER * (len(text) + len(label[2])) / 2
        and abs(y - label[1]) < 14
        for label in labels
    )
