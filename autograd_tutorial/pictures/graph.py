"Lessons 5 and 6: a recorded graph, walked back step by step."

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_tutorial.graph.data import Edge, Graph, Node, edges_into, fold, say, say_value
from autograd_tutorial.graph.layout import Layout, lay_out
from autograd_tutorial.graph.pytorch import RULES, record
from autograd_tutorial.pictures.live import Saved, live, slider
from autograd_tutorial.pictures.plots import COLOURS, new_axes, set_finding

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes

_all_ = ["Edge", "Graph", "Node"]


def show_graph(
    result: Any,  # what `record` takes, or a `Graph`
    /,
    **named: Any,  # as `record` takes them
) -> VBox | Saved:  # Saved where notebooks are saved
    "The recorded graph, to walk back step by step; `TypeError` or `ValueError` on bad input."
    if isinstance(result, Graph) and named:
        raise TypeError("names are given to record, and result is a Graph already")
    graph = fold(result if isinstance(result, Graph) else record(result, **named))
    layout = lay_out(graph)
    last = len(graph.order)
    steps = dict(slider("step", "Steps back", 0, (0, last), 1, play=True), pace=1.3)
    data = dict(
        _drawn(graph, layout), steps=[_begin(graph), *(_told(graph, at) for at in range(last))]
    )
    return live("graph", "The recorded graph", [steps], data, {}, lambda: _still(fold(graph, 14)))


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


def _begin(graph: Graph) -> dict[str, Any]:
    count = {kind: sum(node.kind == kind for node in graph.nodes) for kind in ("op", "leaf")}
    recorded = f"{_counted(count['op'], 'operation')} from {_counted(count['leaf'], 'leaf')}"
    words = f"{recorded}. Nothing has come back yet: play, or move the slider."
    return dict(
        verdict="Recorded.", words=words, value="nothing has come back yet", note="", rows=[]
    )


def _counted(count: int, word: str) -> str:
    plural = {"leaf": "leaves"}.get(word, f"{word}s")
    return f"{count} {word if count == 1 else plural}"


def _told(graph: Graph, at: int) -> dict[str, Any]:
    "One step back: in words, and as rows of what came in, the local derivative, and what goes out."
    i = graph.order[at]
    node = graph.nodes[i]
    came = _brief(node.grad)
    ways = edges_into(graph)[i]
    used = [graph.nodes[edge.start] for edge in ways]
    rows = [_row(edge, node, used, slot) for slot, edge in enumerate(ways)]
    comes = "come in" if isinstance(node.grad, tuple) and len(node.grad) > 1 else "comes in"
    words = _sentence(
        node, f"{_sum(graph, i)} {comes}" if at else f"The walk starts with {came}", rows
    )
    name = f" ({node.name})" if node.name else ""
    return dict(
        verdict=f"{node.op}{name}.",
        words=words,
        value=f"{node.op}{name}: {words}",
        note=_note_of(node),
        rows=rows,
    )


def _sum(graph: Graph, i: int) -> str:
    "What came in at a box, as the sum of its parts; a hook of the reader may have changed it on the way."
    node = graph.nodes[i]
    came = _brief(node.grad)
    arrows = [edge for edge in graph.edges if edge.start == i]
    parts = [edge.grad for edge in arrows if edge.grad is not None]
    folded = any(edge.grad is None and graph.nodes[edge.end].kind == "fold" for edge in arrows)
    if (
        folded
        or not parts
        or node.grad is None
        or isinstance(node.grad, tuple)
        or node.kind == "fold"
    ):
        return came
    one = _brief(sum(parts))
    sums = (
        f"{' + '.join(map(_brief, parts))} = {one}"
        if len(parts) > 1 and np.ndim(node.grad) == 0
        else one
    )
    return f"{sums}, changed by a hook to {came}," if _changed(parts, node.grad) else sums


def _changed(parts: list[Any], grad: Any) -> bool:
    "By more than rounding, also that of float16."
    alike = all(
        np.shape(each) == np.shape(grad) and np.iscomplexobj(each) == np.iscomplexobj(grad)
        for each in parts
    )
    if not alike or not np.size(grad) or not np.isfinite([*parts, grad]).all():
        return False
    return not np.allclose(sum(parts), grad, rtol=2e-3, atol=2e-3 * np.abs(parts).max())


def _brief(value: Any) -> str:
    "Up to four numbers; of more, their shape."
    if isinstance(value, tuple):
        return ", ".join(_brief(each) for each in value)
    return say(value, short=np.ndim(value) > 0 and np.size(value) > 4)


def _row(edge: Edge, node: Node, used: list[Node], slot: int) -> list[str]:
    came, start = _brief(node.grad), used[slot]
    to = f"{start.name or say_value(start)}, no record" if start.kind == "cut" else start.label
    if start.kind == "cut" or edge.grad is None:
        return [came, "", "nothing", to]
    return [came, _times(edge, node) or _in_product(node, used, slot), _brief(edge.grad), to]


_EACH = "Add Sub Rsub Neg Mul Div Sqrt Exp Log Relu Tanh Sigmoid Sin Cos Abs Pow"  # operations on each number alone
_MOVED = f"{next(ops for rule, ops in RULES.items() if rule.endswith('its place'))} Getitem"  # numbers only change their place


def _times(edge: Edge, node: Node) -> str:
    "The local derivative: a number, or its shape where that is known."
    if edge.local is not None:
        return f"× {say(edge.local)}"
    if isinstance(node.grad, tuple) or np.ndim(edge.grad) == np.ndim(node.grad) == 0:
        return ""
    if np.size(node.grad) == 1:
        return f"× {say(edge.grad, short=True)}"  # one slope for each number
    name, out, came = _operation(node), np.size(edge.grad), np.size(node.grad)
    if name in _EACH.split():
        return f"× {say(node.grad, short=True)}" + (", summed" if out < came else "")
    if name in ("Clone", "ToCopy"):
        return "× 1"
    if name in ("Sum", "Mean") and came:
        return f"× {'1' if name == 'Sum' else f'1/{out // came}'}, copied"
    return (
        "× 1, moved"
        if name in _MOVED.split()
        else "× 1, summed"
        if name in ("Expand", "Repeat")
        else ""
    )


def _operation(node: Node) -> str:
    "`Mul` of PyTorch's `MulBackward0` and of the `mul` of lesson 6."
    return (
        node.op.split("Backward")[0].capitalize()
        if node.op.islower()
        else node.op.split("Backward")[0]
    )


def _sentence(node: Node, came: str, rows: list[list[str]]) -> str:
    if node.kind == "fold":
        return "Many steps of the same walk, folded into one."
    if node.kind == "leaf":
        return f"{came} and is added to .grad."
    kept = f" and {'are' if came.endswith('come in') else 'is'} kept in .grad" if node.keeps else ""
    goes = [f"{row[2]} goes out to {row[3]}" for row in rows if row[2] != "nothing"]
    return f"{came}{kept}. {', '.join(goes) or 'Nothing goes out'}."


def _note_of(node: Node) -> str:
    "The local derivative in words, and what was saved for it."
    if node.kind == "leaf":
        return "Nothing goes on from here."
    saved = ", ".join(f"{name} = {_brief(value)}" for name, value in node.saved.items())
    rule = f"Local derivative: {node.rule}. " if node.rule and node.kind == "op" else ""
    return rule + (
        f"Saved for it: {saved}."
        if saved
        else "Nothing was saved for it."
        if node.kind == "op"
        else ""
    )


def _in_product(node: Node, used: list[Node], slot: int) -> str:
    "What a product of matrices does with `grad`, what came in, on the way to one of its factors; empty for other operations."
    name, first = _operation(node), len(used) - 2
    if (
        name not in ("Mm", "Bmm", "Mv", "Addmm", "Matmul")
        or first != (name == "Addmm")
        or np.iscomplexobj(node.grad)
    ):
        return ""
    if slot < first:
        return "× 1, summed"  # what is added to the product
    a, b = (
        (len(each.shape or ()) for each in used)
        if name == "Matmul"
        else (2, 1 if name == "Mv" else 2)
    )
    other = used[2 * first + 1 - slot].name
    called = other if other.isidentifier() and len(other) <= 6 else "other"
    if slot == first:
        return (
            f"grad outer {called}"
            if b == 1
            else f"grad @ {called}ᵀ" + (", summed" if b > a == 2 else "")
        )
    return (
        f"{called} outer grad"
        if a == 1
        else f"{called}ᵀ @ grad" + (", summed" if a > b == 2 else "")
    )


def _still(graph: Graph) -> Axes:
    "The graph after the walk, for whoever runs no scripts."
    layout = lay_out(graph)
    ax = new_axes(x="", y="")
    ax.figure.canvas.figure.set_size_inches(
        max(5.2, layout.width / 100), max(1.2, layout.height / 100 + 0.3)
    )
    ax.set(
        xlim=(-4, layout.width + 4),
        ylim=(layout.height + 4, -4),
        xticks=[],
        yticks=[],
        aspect="equal",
    )
    ink, muted, present = (COLOURS[name][0] for name in ("ink", "muted", "present"))
    for edge, route, label in zip(graph.edges, layout.routes, layout.labels, strict=True):
        _draw_arrow(ax, route, present if edge.grad is not None else muted)
        if label:
            ax.text(
                *label,
                ha="center",
                fontsize=8,
                color=present,
                bbox=dict(facecolor=COLOURS["ground"][0], edgecolor="none", pad=0.5),
            )
    for node, place, lines in zip(graph.nodes, layout.boxes, layout.texts, strict=True):
        _draw_box(ax, place, lines, muted if node.kind == "cut" else ink)
    return set_finding(ax, _finding(graph))


def _draw_arrow(ax: Axes, route: list[tuple[float, float]], colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points = [route[0]]
    codes = [int(Path.MOVETO)]
    for k, (x, y) in enumerate(route[1:]):
        x0, y0 = route[k]
        level = k % 2 == 1
        points += [(x, y)] if level else [((x0 + x) / 2, y0), ((x0 + x) / 2, y), (x, y)]
        codes += [int(Path.LINETO)] if level else [int(Path.CURVE4)] * 3
    ax.add_patch(PathPatch(Path(points, codes), fill=False, edgecolor=colour, linewidth=1.2))


def _draw_box(
    ax: Axes, place: tuple[float, float, float, float], lines: tuple[str, str, str], colour: str
) -> None:
    from matplotlib.patches import Rectangle

    x, y, wide, high = place
    dashed = "--" if colour == COLOURS["muted"][0] else "-"
    ax.add_patch(
        Rectangle(
            (x, y), wide, high, facecolor=COLOURS["ground"][0], edgecolor=colour, linestyle=dashed
        )
    )
    for k, line in enumerate(lines):
        ax.text(x + wide / 2, y + 16 + 17 * k, line, ha="center", fontsize=8, color=colour)


def _finding(graph: Graph) -> str:
    leaves = [f"{node.label} gets {say(node.grad)}" for node in graph.nodes if node.kind == "leaf"]
    more = f" and {len(leaves) - 3} more leaves get theirs" if len(leaves) > 3 else ""
    return f"Walked back in {_counted(len(graph.order), 'step')}: {', '.join(leaves[:3])}{more}"
