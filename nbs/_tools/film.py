"A film that needs no script: a fit descends and is stuck, then its learning rate passes the edge."

import torch
from autograd_tutorial.core.theory import best_params
from autograd_tutorial.fit import make_data, mse, quadratic
from autograd_tutorial.learning_rate import stability_edge, sweep
from autograd_tutorial.pictures.plots import COLOURS
from torch import Tensor

STEPS = 24  # at each of two rates
SECONDS = 16  # for the whole film, which starts again
WIDE, HIGH = 720, 340
BOTTOM, TOP = -190.0, 90.0  # m/s that are in view
ALT = "A film: a curve falls on twenty dots in a few steps and stays there, far too low on the left; then, at a larger learning rate, it swings wider and wider and is gone."


def drawn() -> str:  # SVG
    "The film, and a still for whoever wants no motion."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    start, edge = torch.randn(3, generator=g), stability_edge(time)
    rates = [1e-5, 1.05 * edge]
    losses, paths = sweep(rates, STEPS, time, speed, start)
    curves = [outline(quadratic(time, params)) for run in paths for params in run]
    words = [
        f"{'past the edge' if lr > edge else 'learning rate'} {brief(lr)} · step {step} · rmse {loss**0.5:.4g} m/s"
        for lr, run in zip(rates, losses.tolist(), strict=True)
        for step, loss in enumerate(run)
    ]
    best = quadratic(time, best_params(time, speed))
    least = mse(best, speed).sqrt()
    said = "".join(
        f'<text class="word" x="24" y="{HIGH - 52}">{text}{shown(k, len(words))}</text>'
        for k, text in enumerate(words)
    )
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4.5"/>' for x, y in places(speed))
    moves = f'<animate attributeName="d" values="{";".join(curves)}" dur="{SECONDS}s" repeatCount="indefinite"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{ALT}">'
        f"<style>{style()}</style>"
        f'<rect width="{WIDE}" height="{HIGH}" rx="10"/>'
        f'<g class="data">{dots}</g><path class="best" d="{outline(best)}"/>'
        f'<text class="best-word" x="24" y="{HIGH - 20}">dashed: the best possible, rmse {least:.2f} m/s</text>'
        f'<g class="film"><path class="present" d="{curves[0]}">{moves}</path>{said}</g>'
        f'<g class="still" id="still"><path class="present" d="{curves[STEPS]}"/>'
        f'<text x="24" y="{HIGH - 52}">{words[STEPS]}</text></g></svg>\n'
    )


def brief(rate: float) -> str:
    "1e-5, as the pictures write it."
    return f"{rate:.2g}".replace("e-0", "e-")


def style() -> str:
    "The colours of the series, for both themes; no motion for who wants none."
    names = ("ground", "ink", "data", "present", "best")
    light, dark = (
        "".join(f"--{name}:{COLOURS[name][theme]};" for name in names) for theme in (0, 1)
    )
    return (
        f"svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}"
        "text{font:24px system-ui,sans-serif;fill:var(--ink);stroke:var(--ground);stroke-width:6;paint-order:stroke}rect{fill:var(--ground)}.word{visibility:hidden}.still{display:none}"
        ".data{fill:var(--data)}path{fill:none;stroke-width:4}.present{stroke:var(--present)}"
        ".best{stroke:var(--best);stroke-dasharray:9 6}.best-word{fill:var(--best)}"
        "@media(prefers-reduced-motion:reduce){.film{display:none}.still{display:inline}}"
        "svg:has(#still:target) .film{display:none}svg:has(#still:target) .still{display:inline}"
    )


def shown(at: int, count: int) -> str:
    "One of the words, in its turn."
    around = ((at + shift) / (count - 1) for shift in (-0.5, 0.5))  # the moment of its curve
    keys = ";".join(["0", *(f"{min(max(each, 0), 1):.4f}" for each in around)])
    values = "hidden;visible;hidden"
    return f'<animate attributeName="visibility" calcMode="discrete" values="{values}" keyTimes="{keys}" dur="{SECONDS}s" repeatCount="indefinite"/>'


def places(heights: Tensor) -> list[tuple[int, int]]:
    "Speeds at the twenty times, as pixels."
    across = [24 + round(k * (WIDE - 48) / (len(heights) - 1)) for k in range(len(heights))]
    down = [round(HIGH * (TOP - y) / (TOP - BOTTOM)) for y in heights.tolist()]
    return list(zip(across, down, strict=True))


def outline(heights: Tensor) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in places(heights))
