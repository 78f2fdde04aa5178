"""Points of the reader's own, and what is said of a fit, an edge or a fault of theirs.

Any points will do: what is judged is what a right answer does on them."""

from collections.abc import Callable
from csv import reader
from math import isclose
from pathlib import Path

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_data, check_function, check_number, check_preds
from autograd_tutorial.core.problem import check_vector
from autograd_tutorial.core.theory import best_params, standardise
from autograd_tutorial.exercises.checker import CHECKING
from autograd_tutorial.exercises.feedback import Feedback
from autograd_tutorial.exercises.running import run
from autograd_tutorial.exercises.trials import raised
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import stability_edge
from autograd_tutorial.tools.diagnosis import diagnose

__all__ = ["check_edge", "check_fit", "check_silent", "load_points"]

FOLDER = Path(__file__).parents[1] / "data"
LESSON = make_data()[:2]
SETS = {path.stem: path for path in FOLDER.glob("*.csv")}  # each says where it is from


def load_points(
    source: str | Path = "braking",  # a CSV file with two columns of numbers; or "braking", "ramp"
) -> tuple[
    Tensor, Tensor
]:  # the first column and the second, (n,) each, float32 if that holds them
    """Points from a file, or from one of two that come along.

    "braking" has speeds in mph and distances in ft, "ramp" heights and distances in punti. Names
    in the first line, and lines that begin with #, are left out. `ValueError` on other words;
    `FileNotFoundError`."""
    path = Path(SETS.get(str(source), source))
    if not path.exists():
        raise FileNotFoundError(
            f"there is no file {source}; {' and '.join(sorted(SETS))} come along"
        )
    text = path.read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [_numbers(line) for line in lines]
    if found and found[0] is None:
        lines, found = lines[1:], found[1:]
    if None in found:
        line = lines[found.index(None)]
        raise ValueError(f"each line must hold two numbers with a comma between, got {line!r}")
    if len(found) < 3:
        raise ValueError(f"a quadratic needs three points or more, got {len(found)}")
    return check_data(*zip(*found, strict=True))


def _numbers(line: str) -> list[float] | None:
    "Two of them, or None."
    try:
        first, second = map(float, next(reader([line])))
    except ValueError:
        return None
    return [first, second]


def check_fit(
    params: Tensor,  # (3,) a, b, c over `time`
    time: Tensor,  # (n,) the first column
    speed: Tensor,  # (n,) the second
) -> Feedback:
    "Whether the curve misses by at most 1% more than the best; `TypeError` or `ValueError`."
    time, speed = check_data(time, speed)
    check_vector(params)
    time, speed, params = (each.detach().double() for each in (time, speed, params))
    check_preds(quadratic(time, params), time, speed)
    miss, least, good = _misses(params, time, speed)
    if good:
        words = f"Right. It misses your {len(time)} points by {miss:.4g}; {least:.4g} is the least."
        return Feedback("right", words)
    others = {
        "are those params over x? `undo` makes params over raw times of them.": (
            standardise(time)[1].undo(params),
            time,
            speed,
        ),
        "did the order a, b, c get turned round?": (params.flip(0), time, speed),
        "are the two columns swapped?": (params, speed, time),
    }
    known = [question for question, given in others.items() if _misses(*given)[2]]
    advice = f": {known[0]}" if known else ". A fit that stalls wants `standardise`: lesson 4."
    words = f"Not yet: it misses your points by {miss:.4g}, and {least:.4g} is possible"
    return Feedback("wrong", words + advice)


def _misses(params: Tensor, time: Tensor, speed: Tensor) -> tuple[float, float, bool]:
    "By how much params miss, by how much the best ones do, and whether that is near enough."
    miss = rmse(quadratic(time, params), speed)
    least = rmse(quadratic(time, best_params(time, speed)), speed)
    return miss.item(), least.item(), bool(miss <= 1.01 * least + 1e-4 * speed.abs().max())


def check_edge(
    lr: float,  # your edge, > 0
    time: Tensor,  # (n,) the first column
) -> Feedback:
    "Whether `lr` is the edge of these points to 1%; `TypeError` or `ValueError`."
    edge, lr = stability_edge(time), check_number(lr, "lr", positive=True)
    if abs(lr / edge - 1) <= 0.01:
        return Feedback("right", f"Right. The edge of these {len(time)} points is {edge:.3g}.")
    known = {
        "is that 1/λ? The edge is twice as far.": edge / 2,
        "is a factor 2 there twice?": 2 * edge,
        "is that the curvature λ? The edge is 2/λ.": 2 / edge,
        "is that the edge of the lesson's own times?": stability_edge(torch.arange(20.0)),
        "is that the edge over x? Here the raw column is meant.": stability_edge(
            standardise(time)[0]
        ),
    }
    advice = [f": {words}" for words, rate in known.items() if abs(lr / rate - 1) <= 0.01] or ["."]
    well = "well " if abs(lr / edge - 1) > 0.1 else ""
    does = f"explodes {well}before" if lr > edge else f"still falls {well}past"
    return Feedback("wrong", f"Not yet: descent on these points {does} {lr:.3g}{advice[0]}")


def check_silent(
    loss_fn: Callable[[Tensor], Tensor],  # of params (3,), over your points
    time: Tensor,  # (n,) the first column, standardised or not
    speed: Tensor,  # (n,) the second
) -> Feedback:
    "Whether the loss is the mse, and its slopes are wrong; `TypeError` or `ValueError`."
    check_function(loss_fn, "loss_fn")
    if CHECKING.get():
        raise RecursionError("the function checks itself")
    time, speed = check_data(time, speed)
    here = CHECKING.set(True)
    try:
        return _judged(loss_fn, time, speed)
    finally:
        CHECKING.reset(here)


def _judged(loss_fn: Callable[[Tensor], Tensor], time: Tensor, speed: Tensor) -> Feedback:
    params = torch.full((3,), 0.5, dtype=time.dtype).requires_grad_()
    value, error = run(loss_fn, params)
    if error:
        told = raised("the loss", error, loss_fn)
        return Feedback("wrong", f"Not yet: {told.words}: {told.advice}.")
    if value is None or value is ...:
        if getattr(getattr(loss_fn, "__code__", None), "co_names", ()):  # not the stub
            return Feedback("wrong", "Not yet: nothing comes back: does it end on `return`?")
        return Feedback("open", "Not answered yet: the loss is yours to write.")
    if isinstance(value, Tensor) and value.numel() != 1:
        words = f"Not yet: it has shape {tuple(value.shape)}, where one number was expected"
        return Feedback("wrong", f"{words}: is a `.mean()` missing?")
    preds, value = quadratic(time, params), check_number(value, "the loss")
    right = mse(preds, speed).item()
    if not isclose(value, right, rel_tol=1e-4, abs_tol=1e-8):
        known = {
            "is that the rmse?": rmse(preds, speed),
            "is that a sum? The mse is a mean.": right * len(time),
            "does each prediction meet every speed?": ((preds[:, None] - speed) ** 2).mean(),
            "are the two columns swapped?": mse(quadratic(speed, params), time),
            "are those standardised times? Give the check the same.": mse(
                quadratic(standardise(time)[0], params), speed
            ),
            "are those the points of the lessons?": mse(
                quadratic(LESSON[0].to(time), params), LESSON[1].to(time)
            ),
        }
        near = [f": {words}" for words, it in known.items() if isclose(value, it, rel_tol=1e-4)]
        words = f"Not yet: its value is {value:.4g}, where the mse is {right:.4g}"
        return Feedback("wrong", words + (near or ["."])[0])
    said = diagnose(loss_fn, params)
    if not said:
        return Feedback("wrong", "Not yet: `diagnose` finds nothing wrong with its slopes.")
    end = "" if str(said[0]).endswith("?") else "."
    return Feedback("right", f"Right. Its value is the mse, and `diagnose` says: {said[0]}{end}")
