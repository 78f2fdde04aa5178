"A long walk in pieces: a network as its modules, and what is long in a row as shares of it."

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from autograd_tutorial.graph.data import Graph, Piece, edges_into, group
from autograd_tutorial.graph.rules import operation_of, rule_of

Path = tuple[str, ...]  # a module, by the words of its name
MOST = 14  # boxes that are seen at one glance, but for constants
STEPS = 600  # the most steps that are all told one by one


@dataclass(frozen=True)
class View:
    "What is drawn at a time: the whole, or what one box holds, with one box each for what is around it."

    name: str  # what is open; empty: the whole
    up: int  # the view from which it was opened
    pieces: list[Piece]
    opens: list[int]  # the view that each piece opens; -1: none


def outline(
    graph: Graph,  # of any size
) -> tuple[Graph, list[View]]:  # the same graph, of 600 steps at most; the whole comes first
    "What is drawn first, and what each of its boxes opens."
    paths = _paths(graph)
    told = [Piece("", range(len(graph.order)))]
    most = len(graph.order) + MOST if len(graph.order) <= STEPS else STEPS // 2
    while len(told) < len(graph.order) and len(told) + MOST <= most:
        largest = max(range(len(told)), key=lambda k: len(told[k].steps))
        told[largest : largest + 1] = _inside(told[largest], paths)
    kept = [_shared([paths[step] for step in piece.steps]) for piece in told]
    return group(graph, told)[0], _views(kept)


def _views(paths: list[Path]) -> list[View]:
    whole = Piece("", range(len(paths)))
    views, waiting = list[View](), [(whole, 0)]
    for piece, up in waiting:  # the list grows while we walk along it
        pieces, opens = _inside(piece, paths), list[int]()
        for each in pieces:
            opens.append(len(waiting) if len(each.steps) > 1 else -1)
            waiting += [(each, len(views))] if len(each.steps) > 1 else []
        if piece.steps.start > 0:
            pieces.insert(0, Piece("what follows", range(piece.steps.start)))
            opens.insert(0, up)
        if piece.steps.stop < len(paths):
            pieces.append(Piece("what comes before", range(piece.steps.stop, len(paths))))
            opens.append(up)
        views.append(View(piece.name, up, pieces, opens))
    return views


def _inside(piece: Piece, paths: list[Path]) -> list[Piece]:
    "What a piece is made of: single steps where they are few, else modules, else equal shares."
    if len(piece.steps) <= MOST:
        return [Piece("", range(step, step + 1)) for step in piece.steps]
    pieces = _modules(piece.steps, paths, len(_shared([paths[step] for step in piece.steps])))
    while len(pieces) < 4:
        largest = max(pieces, key=lambda each: len(each.steps))
        depth = len(_shared([paths[step] for step in largest.steps]))
        at, parts = pieces.index(largest), _modules(largest.steps, paths, depth)
        pieces[at : at + 1] = parts
    share = -(-len(pieces) // MOST)
    if share == 1:
        return pieces
    shares = [pieces[k : k + share] for k in range(0, len(pieces), share)]
    return [_joined(each) for each in shares]


def _joined(pieces: list[Piece]) -> Piece:
    names = [piece.name for piece in pieces if piece.name]
    name = f"{names[-1]} to {names[0]}" if len(names) > 1 else "".join(names)
    return Piece(name, range(pieces[0].steps.start, pieces[-1].steps.stop))


def _modules(steps: range, paths: list[Path], depth: int) -> list[Piece]:
    "The calls of modules at a depth, and the single steps between them."

    def module(step: int) -> str | int:
        return ".".join(paths[step][: depth + 1]) if len(paths[step]) > depth else step

    runs = [(name, list(run)) for name, run in groupby(steps, module)]
    return [
        Piece("" if len(run) == 1 else str(name), range(run[0], run[-1] + 1)) for name, run in runs
    ]


def _shared(paths: Sequence[Path]) -> Path:
    "The front that all have."
    first, last = min(paths), max(paths)
    for k, (a, b) in enumerate(zip(first, last, strict=False)):
        if a != b:
            return first[:k]
    return min(first, last, key=len)


def _paths(graph: Graph) -> list[Path]:
    "The module of each step: whose parameters it uses; of a step that uses none, what those around it share."
    into, owner = edges_into(graph), dict[int, Path]()
    moved: set[int] = set()  # parameters that were only transposed, say
    for i in reversed(graph.order):
        node = graph.nodes[i]
        below = [edge.start for edge in into[i] if edge.start in moved]
        if node.kind == "leaf":
            words = [name.split(".")[:-1] for name in node.name.split(", ")]
            owner |= {i: tuple(words[0])} if len(words) == 1 and words[0] else {}
            moved.add(i)
        elif known := [owner[each] for each in below if each in owner]:
            owner[i] = _shared(known)
            still = rule_of(operation_of(node.op)).endswith("its place")
            moved |= {i} if still and len(into[i]) == 1 else set()
    steps = [owner.get(i) for i in graph.order]
    around = zip(_carried(steps), _carried(steps[::-1])[::-1], strict=True)
    return [
        _shared(both) if path is None else path for path, both in zip(steps, around, strict=True)
    ]


def _carried(paths: list[Path | None]) -> list[Path]:
    "Each, or the last one before it that is known."
    found: list[Path] = []
    for path in paths:
        found.append(path if path is not None else found[-1] if found else ())
    return found
