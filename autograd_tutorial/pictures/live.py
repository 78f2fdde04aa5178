"""Sliders around a picture, with a kernel or without one."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from torch import Tensor

from autograd_tutorial.pictures.packing import pack

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


def slider(
    name: str,  # what the front end calls it
    label: str,  # what the reader reads
    value: float,  # at the start
    ends: tuple[float, float],  # the least and the greatest; exponents of 10 if `log`
    step: float,  # between two stops
    log: bool = False,
    play: bool = False,  # give it a button that runs it
) -> dict[str, Any]:
    "A control: numbers from one end to the other."
    low, high = ends
    stops = dict(min=low, max=high, step=step, value=value)
    return dict(name=name, label=label, log=log, play=play, **stops)


def choice(
    name: str,  # what the front end calls it
    label: str,  # what the reader reads
    options: list[str],  # one or more
    value: str,  # one of them
) -> dict[str, Any]:
    "A control: one of a few words."
    return dict(name=name, label=label, options=options, value=value)


def stops(
    control: dict[str, Any],  # what `slider` gave
) -> list[float]:  # its values, from the least to the greatest
    "The values at which a slider can stand."
    low, high, step = (control[key] for key in ("min", "max", "step"))
    steps = [low + i * step for i in range(round((high - low) / step) + 1)]
    return [10.0**at for at in steps] if control["log"] else steps


STATIC = "AUTOGRAD_TUTORIAL_STATIC"  # set in the environment where notebooks are saved
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w./]+)";\n', re.M)


@lru_cache
def source(
    kind: str,  # a picture: the name of a module in `static/`
) -> str:  # one self-contained module
    "The front end of a picture with all that it imports."
    found: dict[str, str] = {}
    _collect(f"{kind}.js", found)
    return "".join(found.values())


def _collect(path: str, found: dict[str, str]) -> None:
    if path in found:
        return
    text = _read(path)
    for needed in IMPORT.findall(text):
        _collect(f"{'' if needed.startswith('kit/') else 'kit/'}{needed}", found)
    found[path] = re.sub(r"^export (?!default)", "", IMPORT.sub("", text), flags=re.M)


@lru_cache
def _read(path: str) -> str:
    return (files("autograd_tutorial") / "static" / path).read_text(encoding="utf-8")


@lru_cache
def _chart_class(kind: str) -> type:
    import anywidget
    from ipywidgets import widget_serialization
    from traitlets import Bytes, Dict, List

    class Chart(anywidget.AnyWidget):
        _esm = source(kind)
        _css = _read("kit/kit.css")
        spec = Dict().tag(sync=True)
        packed = Bytes().tag(sync=True)
        controls: List[Any] = List().tag(sync=True, **widget_serialization)

    return Chart


def _widget(control: dict[str, Any]) -> Any:
    "The ipywidgets control that a description asks for."
    import ipywidgets as w

    common = dict(value=control["value"], description=control["label"])
    common["style"] = dict(description_width="112px")
    if "options" in control:
        common["style"]["button_width"] = "112px"
        return w.ToggleButtons(
            options=control["options"], layout=dict(width="max-content"), **common
        )
    common.update(layout=dict(width="min(100%, 768px)"))
    common.update({key: control[key] for key in ("min", "max", "step")})
    if control["log"]:
        return w.FloatLogSlider(base=10, readout_format=".2e", **common)
    whole = all(isinstance(control[key], int) for key in ("min", "max", "step"))
    return (w.IntSlider if whole else w.FloatSlider)(**common)


_shown: dict[str, tuple[str, list[Any]]] = {}  # cell: (the run, what it made)


def _remember(widgets: list[Any]) -> None:
    "Close what an earlier run of this cell made, and remember `widgets` as its newest."
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    get_parent = getattr(kernel, "get_parent", None)
    parent = get_parent("shell") if get_parent else {}
    cell = parent.get("metadata", {}).get("cellId")
    if cell is None:
        return
    run = parent["header"]["msg_id"]
    before, made = _shown.get(cell, (run, []))
    if before != run:
        for widget in made:
            for part in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
                if part is not None:
                    part.close()
        made = []
    _shown[cell] = (run, made + widgets)


class Saved:
    "A live picture that needs no kernel."

    def __init__(self, page: str, image: bytes, words: str):
        self.page, self.image, self.words = page, image, words

    def __repr__(self) -> str:
        return self.words

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        image = base64.b64encode(self.image).decode()
        return {"text/html": self.page, "image/png": image, "text/plain": self.words}


PAGE = """<div class="agt-saved" data-picture="{kind}">
<style>{style}</style>
<img alt="{words}" src="data:image/png;base64,{image}">
<p>{words}</p>
<script type="application/json">{spec}</script>
<script>(() => {{
{source}}})();</script>
</div>"""


def _saved(kind: str, spec: dict[str, Any], packed: bytes, draw: Callable[[], Axes]) -> Saved:
    image, words = still(draw())
    full = dict(spec, packed=base64.b64encode(packed).decode())
    page = PAGE.format(
        kind=kind,
        style=_read("kit/kit.css"),
        words=html.escape(words),
        image=base64.b64encode(image).decode(),
        spec=json.dumps(full, separators=(",", ":")).replace("</", "<\\/"),
        source=source(kind).replace("export default", "void"),
    )
    return Saved(page, image, words)


def still(
    ax: Axes,  # any axes of the figure
) -> tuple[bytes, str]:  # PNG, and the titles of all axes
    "The figure of `ax` as pixels and as words; closes the figure."
    import matplotlib.pyplot as plt

    figure = ax.figure.canvas.figure
    drawing = io.BytesIO()
    figure.patch.set_alpha(None)  # one palette, so a ground of its own on any page
    look: dict[str, Any] = dict(dpi=120, bbox_inches="tight", facecolor="#fafbfc")
    figure.savefig(drawing, format="png", metadata={"Software": None}, **look)
    titles = [each.get_title(loc="left") for each in figure.axes]
    plt.close(figure)
    return drawing.getvalue(), ". ".join(title for title in titles if title) + "."


def live(
    kind: str,  # the name of the front end in `static/`
    title: str,  # what the picture is, for a screen reader
    controls: list[dict[str, Any]],  # what `slider` and `choice` give
    data: dict[str, Any],  # anything else that the front end needs, as JSON has it
    arrays: dict[str, Tensor],  # computed for every stop
    draw: Callable[[], Axes],  # the still picture, for whoever runs no scripts
) -> VBox | Saved:
    "The picture with its controls: ipywidgets, or the kernel-free form under `STATIC`."
    packed, shapes = pack(arrays)
    spec = dict(title=title, controls=controls, shapes=shapes, data=data)
    if os.environ.get(STATIC):
        return _saved(kind, spec, packed, draw)
    return _live(kind, spec, packed)


def _live(kind: str, spec: dict[str, Any], packed: bytes) -> VBox:
    from ipywidgets import HBox, VBox

    widgets = [_widget(control) for control in spec["controls"]]
    chart = _chart_class(kind)(spec=spec, packed=packed, controls=widgets)
    pairs = zip(widgets, spec["controls"], strict=True)
    choices = [w for w, control in pairs if "options" in control]
    row = HBox(choices, layout=dict(flex_flow="row wrap", grid_gap="0 32px"))
    box = VBox([*(w for w in widgets if w not in choices), row, chart])
    _remember([*widgets, chart, row, box])
    return box
