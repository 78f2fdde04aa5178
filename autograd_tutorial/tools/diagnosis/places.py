"Which line of the reader's code is at work."

from __future__ import annotations

import dis
import linecache
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import dropwhile, filterfalse
from pathlib import Path
from sysconfig import get_paths
from traceback import walk_stack, walk_tb
from types import CodeType, FrameType, TracebackType
from typing import Any

import torch

HERE = str(Path(__file__).parent)
_OTHERS = (str(Path(torch.__file__).parent), get_paths()["stdlib"], get_paths()["purelib"])
_CLEARS = re.compile(r"zero(?!s)|clear|reset|(?<!no_)(?<!clip_)(?<!requires_)(?<!enable_)grad")


def line_at_work() -> str:
    "The innermost line that is neither PyTorch's nor another library's; empty if there is none."
    return _line(dropwhile(_is_ours, walk_stack(sys._getframe(1))))


def line_of_error(traceback: TracebackType | None) -> str:
    "The same of an error."
    return _line(filterfalse(_is_ours, reversed([*walk_tb(traceback)])))


def _is_ours(at: tuple[FrameType, int]) -> bool:
    return at[0].f_code.co_filename.startswith(HERE)


def clears(error: BaseException, ours: set[int]) -> bool:
    "Whether functions on the way to an error, or what they call, may clear gradients of `ours`."
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    skipped = {frame.f_code for frame in frames}
    for frame in frames:
        code = frame.f_code
        if not code.co_filename.startswith((HERE, _OTHERS[0])):
            owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None  # self
            near = {**frame.f_globals, **frame.f_locals}
            called = [near.get(n, getattr(owner, n, None)) for n in _names(code)]
            parts = [getattr(each, "__code__", None) for each in called] + [*code.co_consts]
            names = _names(code) - {"zero_grad"}
            for part in parts:
                if isinstance(part, CodeType) and part not in skipped:
                    names |= set() if part.co_filename.startswith(_OTHERS[0]) else _names(part)
            if any(map(_CLEARS.search, names)) or _zeroes(code, near, ours):
                return True
    return False


def _names(code: CodeType) -> set[str]:
    return {*code.co_names, *code.co_freevars, *(each for each in code.co_consts if each == "grad")}


def _zeroes(code: CodeType, near: Mapping[str, Any], ours: set[int]) -> bool:
    "Whether `zero_grad` is called in it, of what holds `ours`, or of what is not known."
    steps = [*dis.get_instructions(code)]
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        if step.argval == "zero_grad" and after.opname != "POP_TOP":
            by_name = before.opname.startswith(("LOAD_F", "LOAD_D", "LOAD_G", "LOAD_N"))
            owner = near.get(before.argval) if by_name else None
            groups = getattr(owner, "param_groups", None)
            if isinstance(owner, torch.nn.Module):
                groups = [{"params": owner.parameters()}]
            if not groups or any(id(p) in ours for group in groups for p in group["params"]):
                return True
    return False


def _line(frames: Iterable[tuple[FrameType, int]]) -> str:
    for frame, number in frames:
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path.startswith(HERE) and name != "__torch_function__":
            break
        if not path.startswith((HERE, *_OTHERS)):
            code = linecache.getline(path, number, frame.f_globals).strip()
            file = f"{Path(path).name}, " if Path(path).exists() else ""
            inside = "" if name.startswith("<") else f"{name}, "
            return f"{file}{inside}line {number}: {code}".removesuffix(": ")
    return ""
