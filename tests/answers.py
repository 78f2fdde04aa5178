"The exercises as tests see them: each with its cell in the lesson, its inputs, and what a reader may write."

import importlib
import linecache
import textwrap
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import nbformat
import torch
from autograd_tutorial.core.theory import best_params, standardise
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.feedback import Feedback
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.fit import mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad

from project import LESSONS

NAMES = [path.stem[3:] for path in LESSONS]
HOMES = {name: importlib.import_module(f"autograd_tutorial.exercises.{name}") for name in NAMES}


def every(kind: type) -> dict[str, Any]:
    "Every exercise or prediction, as lesson.variable."
    return {
        f"{name}.{key}": each
        for name, home in HOMES.items()
        for key, each in vars(home).items()
        if isinstance(each, kind)
    }


ALL: dict[str, Exercise] = every(Exercise)
PREDICTIONS: dict[str, Prediction] = every(Prediction)


def source(exercise: str) -> str:
    return ALL[exercise].solution().code


def written(exercise: str, code: str) -> Callable[..., Any]:
    "The reader's function that `code` defines, with what the lesson has imported."
    known = dict(torch=torch, mse=mse, rmse=rmse, quadratic=quadratic, numeric_grad=numeric_grad)
    known |= dict(best_params=best_params, standardise=standardise)
    code, name = textwrap.dedent(code), f"<{exercise} {zlib.crc32(code.encode())}>"
    linecache.cache[name] = (
        len(code),
        None,
        code.splitlines(keepends=True),
        name,
    )  # as in a notebook
    exec(compile(code, name, "exec"), known)
    return known[ALL[exercise].function]


def solved(exercise: str) -> Callable[..., Any]:
    return written(exercise, source(exercise))


def inputs(exercise: str, seed: int = 0) -> list[Any]:
    return list(ALL[exercise].draw(seed).values())


def mistakes(exercise: str) -> list[str]:
    "The questions that name them."
    return list(ALL[exercise].mistakes(*inputs(exercise)))


@cache
def lesson(name: str) -> list:
    "The cells of a lesson."
    path = next(path for path in LESSONS if path.stem[3:] == name)
    return nbformat.read(path, as_version=4).cells


def cells(name: str) -> list:
    "The code cells of a lesson that a reader sees."
    found = [cell for cell in lesson(name) if cell.cell_type == "code"]
    return [cell for cell in found if not cell.source.startswith(("#| hide", "#| export\n"))]


def asked(exercise: str) -> Any:
    "The cell of the lesson in which `exercise` is asked."
    name, key = exercise.split(".")
    return next(
        cell
        for cell in cells(name)
        if cell.source.endswith(f"{key}.check({ALL[exercise].function})")
    )


def is_one_sentence(feedback: Feedback) -> bool:
    words = feedback.words
    return (
        20 < len(words) < 420
        and words[-1] in ".?"
        and "\n" not in words
        and "Traceback" not in words
    )
