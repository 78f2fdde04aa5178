"The pictures that links to pages show where they are shared."

import textwrap
from pathlib import Path

import matplotlib
import torch
from autograd_tutorial.core.theory import best_params
from autograd_tutorial.fit import make_data, quadratic
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures.plots import COLOURS
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pages import Page

INK, MUTED, LINE, DATA, PRESENT, BEST = (
    COLOURS[name][1] for name in ("ink", "muted", "line", "data", "present", "best")
)
GROUND = "#15181c"
ALT = "twenty dots, a dashed curve through them, and a solid one, after 200 steps, that misses them"


def write(folder: Path, pages: list[Page]) -> None:
    "Draw the card of each page, 1200 x 630 pixels: its heading and question, beside the stuck fit."
    with matplotlib.rc_context(matplotlib.rcParamsDefault):
        figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=GROUND)
        figure.text(0.055, 0.84, "autograd_tutorial", color=MUTED, fontsize=22)
        draw(figure.add_axes((0.53, 0.1, 0.43, 0.8)))
        heading = figure.text(0.055, 0.76, "", color=INK, fontsize=36, weight="bold", va="top")
        question = figure.text(0.055, 0.44, "", color=MUTED, fontsize=23, va="top", linespacing=1.4)
        for page in pages:
            heading.set_text(textwrap.fill(page.heading, 18))
            question.set_text(textwrap.fill(page.question, 30))
            path = folder / f"{Path(page.place).stem}.png"
            figure.savefig(path, facecolor=GROUND, metadata={"Software": None})


def draw(ax: Axes) -> None:
    "The points, the curve after 200 steps, and the best one."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    stuck = sweep([1e-5], 200, time, speed, torch.randn(3, generator=g))[1][0, -1]
    ax.set_facecolor(GROUND)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelbottom=False, labelleft=False)
    ax.grid(axis="y", color=LINE, linewidth=1.5)
    ax.plot(time, speed, "o", color=DATA, markersize=11)
    ax.plot(time, quadratic(time, best_params(time, speed)), "--", color=BEST, linewidth=4)
    ax.plot(time, quadratic(time, stuck), color=PRESENT, linewidth=5)
