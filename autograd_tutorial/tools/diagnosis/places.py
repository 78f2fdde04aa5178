"Which line of the reader's code is at work."

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterable
from pathlib import Path
from sysconfig import get_paths
from traceback import walk_stack, walk_tb
from types import FrameType, TracebackType

import torch

HERE = str(Path(__file__).parent)
_OTHERS = (str(Path(torch.__file__).parent), get_paths()["stdlib"], get_paths()["purelib"])


def line_at_work() -> str:
    "The innermost line that is neither PyTorch's nor another library's; empty if there is none."
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back
    return _line(walk_stack(frame))


def line_of_error(traceback: TracebackType | None) -> str:
    "The same of an error."
    frames = reversed([*walk_tb(traceback)])
    return _line(each for each in frames if not each[0].f_code.co_filename.startswith(HERE))


def clears(error: BaseException) -> bool:
    "Whether the functions on the way to an error name what clears gradients, or what they call."
    for frame, _ in walk_tb(error.__traceback__):
        if not frame.f_code.co_filename.startswith((HERE, _OTHERS[0])):
            code = frame.f_code
            owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None  # self
            near = {**frame.f_globals, **frame.f_locals}
            called = [near.get(n, getattr(owner, n, None)) for n in code.co_names]
            codes = [
                frame.f_code,
                *(c for each in called if (c := getattr(each, "__code__", None))),
            ]
            if any("grad" in name or "zero" in name for c in codes for name in c.co_names):
                return True
    return False


def _line(frames: Iterable[tuple[FrameType, int]]) -> str:
    for frame, number in frames:
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path.startswith(HERE):
            if name == "__torch_function__":
                continue
            break
        if not path.startswith(_OTHERS):
            code = linecache.getline(path, number, frame.f_globals).strip()
            file = f"{Path(path).name}, " if Path(path).exists() else ""
            inside = "" if name.startswith("<") else f"{name}, "
            return f"{file}{inside}line {number}: {code}".removesuffix(": ")
    return ""
