"""Sliders around a picture, with a kernel or without one."""

from __future__ import annotations

import ast
import base64
import html
import io
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.resources import files
from traceback import walk_stack
from typing import TYPE_CHECKING, Any

from autograd_tutorial.core.saving import is_saving
from autograd_tutorial.pictures.packing import pack, spread
from autograd_tutorial.pictures.plots import COLOURS

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Slider:
    "A control: numbers from one end to the other."

    name: str  # what the front end calls it
    label: str  # what the reader reads
    value: float  # at the start
    ends: tuple[float, float]  # the least and the greatest
    step: float  # between two stops; of the power of ten if `log`
    log: bool = False
    play: bool = False  # give it a button that runs it
    pace: float | None = None  # seconds from stop to stop while it runs; None: some six in all
    bare: bool = False  # its numbers stand for others, which the front end says


@dataclass(frozen=True)
class Choice:
    "A control: one of a few words."

    name: str  # what the front end calls it
    label: str  # what the reader reads
    options: list[str]  # one or more
    value: str  # one of them


Control = Slider | Choice


def stops(
    slider: Slider,
) -> list[float]:  # from the least to the greatest
    "The values at which a slider can stand."
    low, high = map(math.log10, slider.ends) if slider.log else slider.ends
    steps = [low + i * slider.step for i in range(round((high - low) / slider.step) + 1)]
    return [10.0**at for at in steps] if slider.log else steps


IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w./]+)";\n', re.M)
EXPORT = re.compile(r"^export (?:async )?(?!default)\w+ (\w+)", re.M)
COMMENTS = re.compile(
    r"^ */\*\*((?!\*/).)*\*/\n|/\*\*((?!\*/).)*\*/ | +// [^\n\"'`]*$", re.M | re.S
)


@lru_cache
def source(
    kind: str,  # a picture: the name of a module in `static/`
) -> str:  # one self-contained module
    "The front end of a picture with all that it imports."
    found: dict[str, str] = {}
    _collect(f"{kind}.js", found)
    return re.sub(r"^ +", "", "".join(found.values()), flags=re.M)


def _collect(path: str, found: dict[str, str]) -> None:
    if path in found:
        return
    text = _read(path)
    for _, needed in IMPORT.findall(text):
        _collect(f"{'' if needed.startswith('kit/') else 'kit/'}{needed}", found)
    alone = COMMENTS.sub("", IMPORT.sub("", text))
    found[path] = re.sub(r"^export (?!default)", "", alone, flags=re.M)


def scripts() -> dict[str, str]:  # "kit", and each picture: the name of a module in `static/`
    "The front ends for pages that load files: what they share, as one object, and what each has over it."
    static = files("autograd_tutorial") / "static"
    found: dict[str, str] = {}
    for each in sorted((static / "kit").iterdir(), key=lambda each: each.name):
        if each.name.endswith(".js"):
            _collect(f"kit/{each.name}", found)
    names = ", ".join(name for path in found for name in EXPORT.findall(_read(path)))
    kit = f"const agt = (() => {{\n{''.join(found.values())}return {{ {names} }};\n}})();\n"
    own = sorted(each.name for each in static.iterdir() if each.name.endswith(".js"))
    made = {"kit": kit} | {name.removesuffix(".js"): _over_kit(_read(name)) for name in own}
    return {name: re.sub(r"^ +", "", text, flags=re.M) for name, text in made.items()}


def _over_kit(text: str) -> str:
    "A front end that takes what it imports from the object `agt`."
    alone = COMMENTS.sub("", IMPORT.sub(r"const \1 = agt;\n", text))
    return f"{{\n{alone.replace('export default', 'void')}}}\n"


def style() -> str:
    "What all pictures look like, as CSS."
    return _read("kit/kit.css")


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
        _css = style()
        spec = Dict().tag(sync=True)
        packed = Bytes().tag(sync=True)
        controls: List[Any] = List().tag(sync=True, **widget_serialization)

    return Chart


def _widget(control: Control) -> Any:
    "The ipywidgets control that is asked for."
    import ipywidgets as w

    style = dict(description_width="112px")
    common: dict[str, Any] = dict(value=control.value, description=control.label, style=style)
    if isinstance(control, Choice):
        style["button_width"] = "112px"
        wide = dict(width="max-content")
        return w.ToggleButtons(options=control.options, layout=wide, **common)
    low, high = map(math.log10, control.ends) if control.log else control.ends
    common |= dict(min=low, max=high, step=control.step, layout=dict(width="min(100%, 768px)"))
    common["readout"] = not control.bare
    if control.log:
        return w.FloatLogSlider(base=10, readout_format=".2e", **common)
    whole = all(isinstance(each, int) for each in (low, high, control.step))
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


@dataclass(frozen=True)
class Saved:
    "A live picture that needs no kernel."

    page: str  # HTML
    image: bytes  # PNG, for whoever runs no scripts
    words: str  # what the image shows

    def __repr__(self) -> str:
        return self.words

    def at(self, **state: float | str) -> Saved:
        "The same as a reader had it: what `Copy as code` gives."
        head, told = '<script type="application/json">{', _as_script(state)
        return replace(self, page=self.page.replace(head, f'{head}"at":{told},', 1))

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


def _saved(kind: str, spec: dict[str, Any], packed: bytes, ax: Axes) -> Saved:
    image, words = _still(ax)
    full = dict(spec, packed=base64.b64encode(packed).decode())
    page = PAGE.format(
        kind=kind,
        style=style(),
        words=html.escape(words),
        image=base64.b64encode(image).decode(),
        spec=_as_script(full),
        source=source(kind).replace("export default", "void"),
    )
    return Saved(page, image, words)


def _as_script(data: Any) -> str:
    return json.dumps(data, separators=(",", ":")).replace("</", "<\\/")


def _still(ax: Axes) -> tuple[bytes, str]:
    "The figure of `ax` as a PNG, and the titles of all its axes; closes the figure."
    import matplotlib.pyplot as plt

    figure = ax.figure.canvas.figure
    drawing = io.BytesIO()
    figure.patch.set_alpha(None)  # one palette, so a ground of its own on any page
    look: dict[str, Any] = dict(bbox_inches="tight", facecolor=COLOURS["ground"][0])
    figure.savefig(drawing, format="png", dpi=120, metadata={"Software": None}, **look)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    plt.close(figure)
    return drawing.getvalue(), ". ".join(title for title in titles if title) + "."


def live(
    kind: str,  # the name of the front end in `static/`
    title: str,  # what the picture is, for a screen reader
    controls: Sequence[Control],
    data: Any,  # all else that the front end needs, as `pack` takes it
    draw: Callable[[], Axes],  # the still picture, for whoever runs no scripts
    retrain: Callable[[dict[str, Any]], Any]
    | None = None,  # in a kernel: what a hand has changed, to new data
) -> VBox | Saved:
    "The picture with its controls: ipywidgets, or the form without a kernel where that is saved."
    packed, spec = pack(dict(title=title, controls=controls, data=data))
    if is_saving():
        return _saved(kind, spec, packed, draw())
    return _live(kind, controls, spec, packed, retrain)


def _answer(retrain: Callable[[dict[str, Any]], Any], chart: Any, asked: Any, _: Any) -> None:
    "Send what a request trains, or why it does not."
    try:
        exact, data = spread(retrain(json.loads(asked["key"])))
        chart.send(dict(key=asked["key"], data=data), [exact])
    except Exception as error:  # the reader's own functions may raise anything
        chart.send(dict(key=asked["key"], error=str(error)))


@lru_cache
def _box_class() -> type:
    from ipywidgets import VBox

    return type("Picture", (VBox,), {"at": _at})


def _at(self: Any, **state: float | str) -> Any:
    "The same as a reader had it: what `Copy as code` gives; `ValueError` where it has no such state."
    known, chart = self.known, self.children[-1]  # by name a control and its widget
    for name in [each for each in state if each not in BY_HAND]:
        if name not in known:
            raise ValueError(f"at takes {', '.join([*known, *BY_HAND])}, got {name}")
        _check(known[name][0], state[name])
    for name in [each for each in state if each in known]:
        known[name][1].value = state[name]
    chart.spec = chart.spec | {"at": {name: state[name] for name in BY_HAND if name in state}}
    return self


BY_HAND = ("start", "pulled")  # what a hand moves in the picture itself


def _check(control: Control, value: Any) -> None:
    if isinstance(control, Choice):
        if value not in control.options:
            raise ValueError(f"{control.name} must be one of {control.options}, got {value!r}")
        return
    low, high = control.ends
    if not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{control.name} must be a number from {low:g} to {high:g}, got {value!r}")
    near = min(stops(control), key=lambda stop: abs(stop - value))  # where ipywidgets puts it
    if abs(near - value) > 1e-6 * (value if control.log else control.step):
        raise ValueError(f"{control.name} has stops, of which {near:.12g} is next, got {value!r}")


def _call() -> str:
    "How the cell that runs calls the picture's function, as one line; with ... where that cannot be known."
    from IPython import get_ipython

    from autograd_tutorial.pictures import __all__ as public

    names = (frame.f_code.co_name for frame, _ in walk_stack(None))
    name = next(name for name in names if name in public)
    shell = get_ipython()
    try:
        cell = ast.parse(shell.user_ns["In"][-1])
    except (AttributeError, KeyError, IndexError, SyntaxError):  # no notebook, or magics in it
        return f"{name}(...)"
    calls = [each for each in ast.walk(cell) if isinstance(each, ast.Call)]
    found = [ast.unparse(each) for each in calls if ast.unparse(each.func).split(".")[-1] == name]
    return found[0] if len(found) == 1 else f"{name}(...)"


def _live(
    kind: str,
    controls: Sequence[Control],
    spec: dict[str, Any],
    packed: bytes,
    retrain: Callable[[dict[str, Any]], Any] | None,
) -> VBox:
    from ipywidgets import HBox, ToggleButtons

    widgets = [_widget(control) for control in controls]
    chart = _chart_class(kind)(spec=spec | {"call": _call()}, packed=packed, controls=widgets)
    if retrain:
        chart.on_msg(partial(_answer, retrain))
    choices = [widget for widget in widgets if isinstance(widget, ToggleButtons)]
    row = HBox(choices, layout=dict(flex_flow="row wrap", grid_gap="0 32px"))
    box = _box_class()([*(widget for widget in widgets if widget not in choices), row, chart])
    box.known = {each.name: (each, widget) for each, widget in zip(controls, widgets, strict=True)}
    _remember([*widgets, chart, row, box])
    return box
