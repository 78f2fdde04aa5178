"""One look for every picture: size, colours, labels beside what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd_tutorial.core.checks import check_ax

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = ["BEST", "COLOURS", "DATA", "PRESENT", "new_axes", "set_finding", "set_label"]

COLOURS = {  # name: (on light, on dark)
    "ground": ("#fafbfc", "#1b1f24"),
    "ink": ("#1b1f24", "#e8eaed"),
    "muted": ("#57606a", "#a3adb8"),
    "line": ("#e4e7eb", "#2c3239"),
    "data": ("#0072b2", "#56b4e9"),
    "present": ("#c44e00", "#f0904d"),
    "best": ("#007a59", "#3ecf9f"),
}

Look = dict[str, Any]  # what `plot` takes

DATA: Look = dict(color=COLOURS["data"][0], marker="o", markersize=5, linestyle="none")
PRESENT: Look = dict(color=COLOURS["present"][0], linewidth=2)
BEST: Look = dict(color=COLOURS["best"][0], linewidth=1.8, linestyle="--")


def new_axes(
    ax: Axes | None = None,  # where to draw; None makes a new figure
    x: str = "time (s)",  # label with unit
    y: str = "speed (m/s)",  # label with unit
) -> Axes:
    "`ax`, or new axes, in the look of the series; `TypeError` if `ax` is no Axes."
    from matplotlib.ticker import MaxNLocator, NullLocator

    check_ax(ax)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(5.2, 3.1))[1]
        ax.figure.patch.set_alpha(0)
    ink, muted, line = (COLOURS[name][0] for name in ("ink", "muted", "line"))
    ax.patch.set_alpha(0)
    ax.spines[:].set_visible(False)
    ax.grid(True, axis="y", color=line, linewidth=1)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", length=0, colors=muted, labelsize=10)
    for axis, label in ((ax.xaxis, x), (ax.yaxis, y)):
        axis.set_label_text(label, color=muted, fontsize=10)
        axis.set_minor_locator(NullLocator())
        if axis.get_scale() == "linear":
            axis.set_major_locator(MaxNLocator(5))
    ax.title.set_color(ink)
    return ax


def side_by_side(
    count: int,  # how many
    height: float,  # of the figure, in inches
    **more: Any,  # what else `plt.subplots` takes
) -> list[Axes]:
    "Axes in a row, for the still picture of a live one."
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, count, figsize=(9.6, height), squeeze=False, layout="constrained", **more
    )
    figure.get_layout_engine().set(w_pad=0.15)
    return list(axes[0])


def set_finding(
    ax: Axes,  # the picture
    finding: str,  # one sentence: what it shows
) -> Axes:
    "Give `ax` its finding as a title, flush left."
    ax.set_title(finding, loc="left", fontsize=11, color=COLOURS["ink"][0], pad=10)
    return ax


def set_label(
    ax: Axes,  # the picture
    x: float,  # where, in data units
    y: float,  # where, in data units
    text: str,  # what stands there
    like: Look,  # DATA, PRESENT or BEST: whose label it is
    ha: str = "left",  # which end of the text stands at x
    right: float = 0,  # how far right of x the text stands, in points
    up: float = 0,  # how far above y, in points
) -> Axes:
    "Write `text` at (x, y) in the colour of what it names."
    style = dict(color=like["color"], fontsize=10, weight="bold", ha=ha, va="center")
    ax.annotate(text, (x, y), (right, up), textcoords="offset points", **style)
    return ax
