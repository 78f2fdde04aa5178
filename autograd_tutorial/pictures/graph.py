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
    group,
    say,
    say_unused,
    say_value,
)
from autograd_tutorial.graph.layout import lay_out
from autograd_tutorial.graph.outline import MOST, View, outline
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
    whole = result if isinstance(result, Graph) else record(result, *model, **named)
    graph, views = outline(whole)
    last = len(graph.order)
    pace = 1.3 if last <= 2 * MOST else None
    steps = Slider("step", "Steps back", 0, (0, last), 1, play=True, pace=pace)
    told = [_begin(whole), *(tell(graph, at) for at in range(last))]
    drawn = [_drawn(graph, view) for view in views]
    sizes = [_size(graph.nodes[i].grad) for i in graph.order] if len(views) > 1 else []
    leaves = [at + 1 for at, i in enumerate(graph.order) if graph.nodes[i].kind == "leaf"]
    strip = dict(sizes=sizes, leaves=leaves, path=_told_sizes(graph, sizes))
    data = dict(views=drawn, steps=told, **strip)
    first, _ = group(graph, views[0].pieces)
    return live("graph", "The recorded graph", [steps], data, lambda: _still(first, whole))


def _drawn(graph: Graph, view: View) -> dict[str, Any]:
    "What the front end draws at a time: boxes and arrows in pixels, each with the steps at which it is reached."
    folded, walked = group(graph, view.pieces)
    layout = lay_out(folded)
    boxes = []
    for k, (node, place, lines) in enumerate(
        zip(folded.nodes, layout.boxes, layout.texts, strict=True)
    ):
        steps = view.pieces[k].steps if k < len(view.pieces) else range(-1, 0)
        opens = view.opens[k] if k < len(view.opens) else -1
        reached = dict(step=steps.start + 1, until=steps.stop, opens=opens)
        boxes.append(dict(place=place, lines=lines, kind=node.kind, **reached))
    arrows = [
        dict(route=route, label=label, step=0 if _never(folded, edge) else step + 1)
        for edge, step, route, label in zip(
            folded.edges, walked, layout.routes, layout.labels, strict=True
        )
    ]
    size = dict(pitch=layout.pitch, box=layout.box, columns=layout.columns)
    return dict(name=view.name, up=view.up, boxes=boxes, arrows=arrows, **size)


def _never(graph: Graph, edge: Edge) -> bool:
    "Whether no gradient flows along an arrow."
    ends = (graph.nodes[edge.start].kind, graph.nodes[edge.end].kind)
    return edge.grad is None and "fold" not in ends


def _size(grad: Any) -> float | None:
    "The largest number that came in, by its size; None: not known, or not a number."
    if isinstance(grad, tuple):
        return max((size for size in map(_size, grad) if size is not None), default=None)
    if grad is None or not np.size(grad):
        return None
    ends = grad.ends if isinstance(grad, Summary) else (np.abs(grad).max(),)
    size = float(np.abs(ends).max())
    return size if np.isfinite(size) else None


def _told_sizes(graph: Graph, sizes: list[float | None]) -> str:
    "Whether gradients vanish or explode on their way to the leaves, in a sentence."
    nodes = [graph.nodes[i] for i in graph.order]
    known = [(s, node.name or "a leaf") for s, node in zip(sizes, nodes, strict=False) if s]
    ends = [each for each, node in zip(known, nodes, strict=False) if node.kind == "leaf"] or known
    if not ends:
        return ""
    (least, low), (most, high) = min(ends), max(ends)
    return f"The largest number in each .grad: from {least:.2g} at {low} to {most:.2g} at {high}."


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
    return Step(
        "Recorded.",
        words.strip(),
        "nothing has come back yet",
        "Press a box to go to its step.",
        _legend(graph),
    )


def _legend(graph: Graph) -> list[list[str]]:
    "What is said in the boxes that are there."
    boxes = {node.op for node in graph.nodes} | {node.kind for node in graph.nodes}
    boxes |= {"not kept" for node in graph.nodes if say_value(node).endswith("not kept")}
    said = {
        "AccumulateGrad": "the end at a leaf: what arrives is added to its .grad",
        "not kept": "no step back needs its numbers",
        "no record": "a constant, to which nothing goes back",
    }
    return [[box, words] for box, words in said.items() if box in boxes]


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
    more = [each.replace(" goes out to ", " to ") for each in goes[1:]]
    return f"{came}{kept}. {', '.join(goes[:1] + more) or 'Nothing goes out'}."


def _note(node: Node) -> str:
    "The local derivative in words, and what was saved for it."
    if node.kind != "op":
        return "Nothing goes on from here." if node.kind == "leaf" else ""
    rule = f"Local derivative: {node.rule}. " if node.rule else ""
    saved = ", ".join(f"{name} = {_brief(value)}" for name, value in node.saved.items())
    return rule + (f"Saved for it: {saved}." if saved else "Nothing was saved for it.")


def _still(graph: Graph, whole: Graph) -> Axes:
    "The graph after the walk, as it is drawn first, for whoever runs no scripts."
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
    return set_finding(ax, _finding(whole))


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
