"Lessons 5 and 6: a recorded graph, walked back step by step."

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_tutorial.graph.data import (
    Edge,
    Graph,
    Node,
    Summary,
    edges_into,
    fold,
    say,
    say_unused,
    say_value,
)
from autograd_tutorial.graph.layout import Layout, lay_out
from autograd_tutorial.graph.pytorch import record
from autograd_tutorial.graph.rules import operation_of, rule_of
from autograd_tutorial.pictures.live import Saved, Slider, live
from autograd_tutorial.pictures.plots import COLOURS, new_axes, set_finding

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def show_graph(
    result: Any,  # what `record` takes, or a `Graph`
    /,
    *model: Any,  # as `record` takes it: a module whose parameters have its names
    **named: Any,  # as `record` takes them
) -> VBox | Saved:  # Saved where notebooks are saved
    "The recorded graph, to walk back step by step; `TypeError` or `ValueError` on bad input."
    if isinstance(result, Graph) and (model or named):
        raise TypeError("names are given to record, and result is a Graph already")
    graph = fold(result if isinstance(result, Graph) else record(result, *model, **named))
    last = len(graph.order)
    steps = Slider("step", "Steps back", 0, (0, last), 1, play=True, pace=1.3)
    told = [_begin(graph), *(tell(graph, at) for at in range(last))]
    data = dict(_drawn(graph, lay_out(graph)), steps=told)
    return live("graph", "The recorded graph", [steps], data, lambda: _still(fold(graph, 14)))


def _drawn(graph: Graph, layout: Layout) -> dict[str, Any]:
    "What the front end draws: boxes and arrows in pixels, each with the step at which it is reached."
    step = {i: at + 1 for at, i in enumerate(graph.order)}
    boxes = [
        dict(place=place, lines=lines, kind=node.kind, step=step.get(i, 0))
        for i, (node, place, lines) in enumerate(
            zip(graph.nodes, layout.boxes, layout.texts, strict=True)
        )
    ]
    arrows = [
        dict(route=route, label=label, step=step[edge.end] if edge.grad is not None else 0)
        for edge, route, label in zip(graph.edges, layout.routes, layout.labels, strict=True)
    ]
    return dict(width=layout.width, height=layout.height, boxes=boxes, arrows=arrows)


@dataclass(frozen=True)
class Step:
    "What the front end says of one stop of the slider."

    verdict: str  # which box is reached
    words: str  # what happens there
    value: str  # both, for the slider's own text
    note: str = ""  # the local derivative in words, and what was saved for it
    rows: list[list[str]] = field(
        default_factory=list
    )  # came in, local, goes out, to: one a way on


def _begin(graph: Graph) -> Step:
    kinds = [node.kind for node in graph.nodes]
    counts = (
        f"{_counted(kinds.count('op'), 'operation')} from {_counted(kinds.count('leaf'), 'leaf')}"
    )
    words = f"{counts}. Nothing has come back yet: play, or move the slider. {say_unused(graph)}"
    return Step("Recorded.", words.strip(), "nothing has come back yet")


def _counted(count: int, word: str) -> str:
    plural = "leaves" if word == "leaf" else f"{word}s"
    return f"{count} {word if count == 1 else plural}"


def tell(
    graph: Graph,  # small enough to be read
    at: int,  # the step back, from 0
) -> Step:
    "One step back: in words, and as rows of what came in, the local derivative, and what goes out."
    i = graph.order[at]
    node, ways = graph.nodes[i], edges_into(graph)[i]
    used = [graph.nodes[edge.start] for edge in ways]
    rows = [_row(edge, node, used, slot) for slot, edge in enumerate(ways)]
    comes = "come in" if isinstance(node.grad, tuple) and len(node.grad) > 1 else "comes in"
    came = f"{_sum(graph, i)} {comes}" if at else f"The walk starts with {_brief(node.grad)}"
    words = _sentence(node, came, rows)
    box = f"{node.op}{f' ({node.name})' if node.name else ''}"
    return Step(f"{box}.", words, f"{box}: {words}", _note(node), rows)


def _sum(graph: Graph, i: int) -> str:
    "What came in at a box, as the sum of its parts; a hook of the reader may have changed it on the way."
    node = graph.nodes[i]
    came = _brief(node.grad)
    arrows = [edge for edge in graph.edges if edge.start == i]
    parts = [edge.grad for edge in arrows if edge.grad is not None]
    folded = any(edge.grad is None and graph.nodes[edge.end].kind == "fold" for edge in arrows)
    whole = not any(isinstance(each, (tuple, Summary)) for each in (node.grad, *parts))
    if folded or not parts or node.grad is None or not whole:
        return came
    total = _brief(sum(parts))
    if len(parts) > 1 and np.ndim(node.grad) == 0:
        total = f"{' + '.join(map(_brief, parts))} = {total}"
    return f"{total}, changed by a hook to {came}," if _changed(parts, node.grad) else total


def _changed(parts: list[Any], grad: Any) -> bool:
    "By more than rounding, also that of float16."
    kinds = {(np.shape(each), np.iscomplexobj(each)) for each in (*parts, grad)}
    if len(kinds) > 1 or not np.size(grad) or not np.isfinite([*parts, grad]).all():
        return False
    return not np.allclose(sum(parts), grad, rtol=2e-3, atol=2e-3 * np.abs(parts).max())


def _brief(value: Any) -> str:
    "Up to four numbers; of more, their shape."
    if isinstance(value, tuple):
        return ", ".join(map(_brief, value))
    return say(value, short=np.ndim(value) > 0 and np.size(value) > 4)


def _row(edge: Edge, node: Node, used: list[Node], slot: int) -> list[str]:
    came, start = _brief(node.grad), used[slot]
    if start.kind == "cut":
        return [came, "", "nothing", f"{start.name or say_value(start)}, no record"]
    if edge.grad is None:
        return [came, "", "nothing", start.label]
    local = _times(edge, node) or _in_product(node, used, slot)
    return [came, local, _brief(edge.grad), start.label]


_ON_EACH = "Add Sub Rsub Neg Mul Div Sqrt Exp Log Relu Tanh Sigmoid Sin Cos Abs Pow".split()


def _times(edge: Edge, node: Node) -> str:
    "The local derivative: a number, or its shape where that is known."
    if edge.local is not None:
        return f"× {say(edge.local)}"
    if isinstance(node.grad, tuple) or np.ndim(edge.grad) == np.ndim(node.grad) == 0:
        return ""
    if np.size(node.grad) == 1:
        return f"× {say(edge.grad, short=True)}"  # one slope for each number
    operation, went, came = operation_of(node.op), np.size(edge.grad), np.size(node.grad)
    if operation in _ON_EACH:
        return f"× {say(node.grad, short=True)}{_summed(went < came)}"
    if operation in ("Sum", "Mean") and came:
        return f"× {'1' if operation == 'Sum' else f'1/{went // came}'}, copied"
    if operation in ("Expand", "Repeat"):
        return "× 1, summed"
    if operation in ("Clone", "ToCopy"):
        return "× 1"
    return "× 1, moved" if rule_of(operation).endswith("its place") else ""


def _in_product(node: Node, used: list[Node], slot: int) -> str:
    "What a product of matrices does with `grad`, what came in, on the way to one of its factors; empty for other operations."
    operation, first = operation_of(node.op), len(used) - 2
    products = ("Mm", "Bmm", "Mv", "Addmm", "Matmul")
    if operation not in products or first != (operation == "Addmm") or np.iscomplexobj(node.grad):
        return ""
    if slot < first:
        return "× 1, summed"  # what is added to the product
    a, b = 2, 1 if operation == "Mv" else 2  # dimensions of the factors
    if operation == "Matmul":
        a, b = (len(factor.shape or ()) for factor in used)
    name = used[2 * first + 1 - slot].name
    other = name if name.isidentifier() and len(name) <= 6 else "other"
    if slot == first:
        return f"grad outer {other}" if b == 1 else f"grad @ {other}ᵀ{_summed(b > a == 2)}"
    return f"{other} outer grad" if a == 1 else f"{other}ᵀ @ grad{_summed(a > b == 2)}"


def _summed(over: bool) -> str:
    return ", summed" if over else ""


def _sentence(node: Node, came: str, rows: list[list[str]]) -> str:
    if node.kind == "fold":
        return "Many steps of the same walk, folded into one."
    if node.kind == "leaf":
        return f"{came} and is added to .grad."
    kept = f" and {'are' if came.endswith('come in') else 'is'} kept in .grad" if node.keeps else ""
    goes = [f"{out} goes out to {to}" for _, _, out, to in rows if out != "nothing"]
    return f"{came}{kept}. {', '.join(goes) or 'Nothing goes out'}."


def _note(node: Node) -> str:
    "The local derivative in words, and what was saved for it."
    if node.kind != "op":
        return "Nothing goes on from here." if node.kind == "leaf" else ""
    rule = f"Local derivative: {node.rule}. " if node.rule else ""
    saved = ", ".join(f"{name} = {_brief(value)}" for name, value in node.saved.items())
    return rule + (f"Saved for it: {saved}." if saved else "Nothing was saved for it.")


def _still(graph: Graph) -> Axes:
    "The graph after the walk, for whoever runs no scripts."
    layout = lay_out(graph)
    wide, high = layout.width, layout.height
    ax = new_axes(x="", y="")
    ax.figure.canvas.figure.set_size_inches(max(5.2, wide / 100), max(1.2, high / 100 + 0.3))
    ax.set(xlim=(-4, wide + 4), ylim=(high + 4, -4), xticks=[], yticks=[], aspect="equal")
    ink, muted, present, ground = (
        COLOURS[name][0] for name in ("ink", "muted", "present", "ground")
    )
    for edge, route, label in zip(graph.edges, layout.routes, layout.labels, strict=True):
        _draw_arrow(ax, route, present if edge.grad is not None else muted)
        if label:
            behind = dict(facecolor=ground, edgecolor="none", pad=0.5)
            ax.text(*label, ha="center", fontsize=8, color=present, bbox=behind)
    for node, place, lines in zip(graph.nodes, layout.boxes, layout.texts, strict=True):
        cut = node.kind == "cut"
        look = dict(facecolor=ground, edgecolor=muted if cut else ink)
        _draw_box(ax, place, lines, dict(look, linestyle="--" if cut else "-"))
    return set_finding(ax, _finding(graph))


def _draw_arrow(ax: Axes, route: list[tuple[float, float]], colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points, codes = [route[0]], [int(Path.MOVETO)]
    for k, (x, y) in enumerate(route[1:]):
        x0, y0 = route[k]
        level, half = k % 2 == 1, (x0 + x) / 2
        points += [(x, y)] if level else [(half, y0), (half, y), (x, y)]
        codes += [int(Path.LINETO)] if level else [int(Path.CURVE4)] * 3
    ax.add_patch(PathPatch(Path(points, codes), fill=False, edgecolor=colour, linewidth=1.2))


def _draw_box(
    ax: Axes,
    place: tuple[float, float, float, float],
    lines: tuple[str, str, str],
    look: dict[str, Any],
) -> None:
    from matplotlib.patches import Rectangle

    x, y, wide, high = place
    ax.add_patch(Rectangle((x, y), wide, high, **look))
    for k, line in enumerate(lines):
        middle, base = x + wide / 2, y + 16 + 17 * k
        ax.text(middle, base, line, ha="center", fontsize=8, color=look["edgecolor"])


def _finding(graph: Graph) -> str:
    leaves = [f"{node.label} gets {say(node.grad)}" for node in graph.nodes if node.kind == "leaf"]
    more = f" and {len(leaves) - 3} more leaves get theirs" if len(leaves) > 3 else ""
    return f"Walked back in {_counted(len(graph.order), 'step')}: {', '.join(leaves[:3])}{more}"
