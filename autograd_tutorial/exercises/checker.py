"""A checker that cannot be fooled, and never shouts."""

from __future__ import annotations

import ctypes
import dis
import html
import inspect
import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from itertools import islice, permutations
from threading import Event, Thread, current_thread
from types import CodeType
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from autograd_tutorial.core.saving import STATIC

TRIALS = 5  # random inputs a check
SECONDS = 5.0  # for all of them
ROUNDING = {torch.float32: 1e-4, torch.float64: 1e-6}  # by which share two right answers may differ


class Feedback:
    "A sentence to a reader: plain text, and HTML for notebooks."

    def __init__(
        self,
        kind: str,  # right, wrong, open or said
        words: str,  # one sentence; code between backticks
        folds: dict[str, str] | None = None,  # HTML to unfold, by its summary
        code: str = "",  # shown below the words
    ):
        self.kind, self.words, self.folds, self.code = kind, words, folds or {}, code

    def __repr__(self) -> str:
        tick = "✓ " if self.kind == "right" else ""
        return f"{tick}{self.words}" + (f"\n\n{self.code}" if self.code else "")

    def _repr_html_(self) -> str:
        tick = '<span aria-hidden="true">✓</span> ' if self.kind == "right" else ""
        folds = "".join(
            f"<details><summary>{name}</summary>{body}</details>"
            for name, body in self.folds.items()
        )
        return f'<p role="status">{tick}{_as_html(self.words)}</p>{_code_as_html(self.code)}{folds}'


def _as_html(words: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(words, quote=False))


def _code_as_html(code: str) -> str:
    return f"<pre><code>{html.escape(code, quote=False)}</code></pre>" if code else ""


def _show(value: Any) -> str:
    "Any value in a few words."
    try:
        if isinstance(value, Tensor) and value.numel() <= 4 and value.is_floating_point():
            value = value.detach().tolist()
        text = _figures(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"a {type(value).__name__}"


def _figures(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, list):
        return f"[{', '.join(_figures(each) for each in value)}]"
    return " ".join(repr(value).split()).replace("`", "'")


class _Problem(Exception):
    def __init__(self, kind: str, words: str, advice: str = ""):
        self.kind, self.words, self.advice = kind, words, advice


def _check_kind(name: str, got: Any, want: Tensor, returned: bool) -> None:
    shape = tuple(want.shape)
    if got is None:
        nothing = "`.grad` is `None` before `backward`, once it is cleared, and on what is no leaf; `backward` and `print` return `None`, too"
        raise _Problem(
            "none",
            f"{name} is `None`, where a tensor of shape {shape} was expected",
            nothing if returned else "was nothing stored there?",
        )
    if type(got).__module__ == "numpy":
        raise _Problem(
            "numpy",
            f"{name} is a numpy array, where a tensor was expected",
            "stay with tensors, without `.numpy()`",
        )
    if isinstance(got, (bool, int, float)):
        raise _Problem(
            "number",
            f"{name} is a Python {type(got).__name__}, where a tensor was expected",
            "leave out `.item()` and `float(...)`, or make it a tensor",
        )
    if type(got) not in (Tensor, Parameter):
        raise _Problem(
            "type",
            f"{name} is of type {type(got).__name__}, where one tensor of shape {shape} was expected",
            _unwrapped(got),
        )
    if tuple(got.shape) != shape:
        raise _Problem(
            "shape",
            f"{name} has shape {tuple(got.shape)}, where {shape} was expected",
            _reshaped(got, want),
        )
    if (got.dtype, got.device, got.layout) != (want.dtype, want.device, want.layout):
        pairs = [
            (str(getattr(got, key)), str(getattr(want, key)))
            for key in ("dtype", "device", "layout")
        ]
        came, meant = next(pair for pair in pairs if pair[0] != pair[1])
        raise _Problem(
            "dtype",
            f"{name} is {came}, where {meant} was expected",
            "compute it from the inputs as they come, without changing their type",
        )


def _unwrapped(got: Any) -> str:
    if type(got) in (list, tuple) and len(got) == 1:
        return "it holds one thing: take that out with `[0]`"
    return (
        "return one tensor alone; `torch.stack` makes one of several, `torch.tensor` one of numbers"
    )


def _reshaped(got: Tensor, want: Tensor) -> str:
    if got.numel() == want.numel():
        return "it has as many numbers: is it turned round, or is there a dimension too many?"
    return (
        "is something still to be added up or averaged?"
        if want.numel() == 1
        else "print the `.shape` of what goes into it"
    )


def _check_record(name: str, got: Tensor, want: Tensor) -> None:
    if got.requires_grad and not want.requires_grad:
        raise _Problem(
            "record kept",
            f"{name} still carries autograd's record, where a plain tensor was expected",
            "hand it over with `.detach()`",
        )
    if want.requires_grad and not got.requires_grad:
        raise _Problem(
            "no record",
            f"{name} carries no record, so autograd cannot walk back from it",
            "leave out `.detach()`, `.item()` and `no_grad`, and step a leaf in place",
        )
    if want.is_leaf and not got.is_leaf:
        raise _Problem(
            "leaf",
            f"{name} is no leaf, where a leaf was expected",
            "`w = w - ...` makes a new tensor; change the leaf in place under `torch.no_grad()`",
        )


def _check_value(name: str, got: Tensor, wants: list[Tensor], scale: float, at: str) -> None:
    wrong = [_apart(got, want, scale) for want in wants]
    if got.isfinite().all() and not any(each.any() for each in wrong):
        return
    one, other, place = _shorter(got, wants[0], wrong[0])
    raise _Problem("value", f"{name} is {_show(one)}{place}, where {_show(other)} was expected{at}")


def _apart(got: Tensor, want: Tensor, scale: float) -> Tensor:
    "Which numbers differ by more than rounding; `scale` is the largest to be expected."
    rounding = ROUNDING.get(want.dtype, 0.0)
    one, other = got.detach().double(), want.detach().double()
    return ~torch.isclose(one, other, rtol=rounding, atol=0.1 * rounding * scale, equal_nan=True)


def _shorter(got: Tensor, want: Tensor, wrong: Tensor) -> tuple[Tensor, Tensor, str]:
    "Both, or the first number in which they differ where there are too many to show, and its place."
    if got.numel() <= 4:
        return got, want, ""
    at = tuple((wrong | ~got.isfinite()).nonzero()[0].tolist())
    return got[at], want[at], f" at index {at[0] if len(at) == 1 else at}"


def draw(
    generator: torch.Generator,
    *shape: int,  # none for a single number
    low: float = 0.5,  # the least size
    high: float = 3.0,  # the greatest
) -> Tensor:  # float32
    "Random numbers of both signs that keep away from 0."
    size = low + (high - low) * torch.rand(shape, generator=generator)
    return size * (2.0 * torch.randint(0, 2, shape, generator=generator) - 1)


def _check_unchanged(
    given: dict[str, Any], fresh: dict[str, Any], changes: tuple[str, ...]
) -> None:
    for name, now in given.items():
        before = fresh[name]
        if name in changes or not isinstance(now, Tensor):
            continue
        if now.dtype != before.dtype or not _equal(now.detach(), before.detach()):
            raise _Problem(
                "changed",
                f"your function changed the values of its input `{name}`",
                f"compute with `{name}` and write into a copy, `{name}.detach().clone()`",
            )
        if now.requires_grad != before.requires_grad:
            raise _Problem(
                "changed",
                f"your function left `{name}` with `requires_grad={now.requires_grad}`, which it found otherwise",
                f"start from a copy, `{name}.detach().clone()`",
            )
        if not _equal(now.grad if now.is_leaf else None, before.grad if before.is_leaf else None):
            raise _Problem(
                "changed",
                f"your function left a gradient in `{name}.grad`, where the next one will be added",
                f"leave `backward` out, or walk back to a copy, `{name}.detach().clone().requires_grad_()`",
            )


def _equal(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.equal(one, other)


def _in_float64(value: Any) -> Any:
    "The same in float64: a leaf, its record and its gradient, too."
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return value
    copy = value.detach().double().requires_grad_(value.requires_grad)
    if not value.is_leaf:
        return 1 * copy
    copy.grad = None if value.grad is None else value.grad.double()
    return copy


CURES = {
    "does not require grad": "nothing asked for a record: call `requires_grad_()` on a copy of the input first",
    "backward through the graph a second time": "the record is freed by the first walk: compute again before you walk again",
    "a leaf Variable that requires grad": "step a leaf inside `with torch.no_grad():`, or compute something new from it",
    "modified by an inplace operation": "something that the walk back needs was overwritten: write into a copy",
    "grad can be implicitly created only for scalar": "walk back from one number: use `.sum()` or `.mean()`",
    "assigned grad expected": "`.grad` holds a tensor or `None`: assign `None` to clear it",
    "NoneType": "`.grad` is `None` before `backward`, once it is cleared, and on what is no leaf",
    "numpy() on Tensor that requires grad": "stay with tensors, without `.numpy()`",
    "only one element tensors can be converted": "stay with tensors, without `.item()` or `float(...)`",
    "context manager protocol": "write the brackets, too: `with torch.no_grad():`",
    "__enter__": "write the brackets, too: `with torch.no_grad():`",  # as Python 3.10 says it
    "bitwise_xor": "`^` is no power in Python: write `**`",
    "maximum recursion": "does it call itself for ever?",
    "checks itself": "move the line with the check out of the function",
    "not defined": "is it spelled as where it was made? Then run that cell first",
}


def _raised(doing: str, error: BaseException, answer: Any) -> _Problem:
    try:
        said = str(error)
    except Exception:
        said = ""
    first = _show_line(said)
    cure = next((cure for part, cure in CURES.items() if part in said), _line_of(error, answer))
    return _Problem(
        "raised", f"{doing} raised {type(error).__name__}{f' ({first})' if first else ''}", cure
    )


def _line_of(error: BaseException, answer: Any) -> str:
    "The reader's line in which it was raised, as advice."
    file = getattr(getattr(answer, "__code__", None), "co_filename", "")
    lines = [
        frame.line
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file and frame.line
    ]
    return (
        f"look at the line `{_show_line(lines[-1])}`"
        if lines
        else "call it yourself with one input to see the line"
    )


def _show_line(said: str) -> str:
    line = (said.strip().splitlines() or [""])[0].replace("`", "'").rstrip(".")
    return line if len(line) <= 90 else f"{line[:90].rsplit(' ', 1)[0]} ..."


CHECK = "autograd_tutorial check"  # the name of that thread


class _TimeIsUp(BaseException):
    "Raised into a function that takes too long."


def _within(seconds: float, job: Callable[[], Any]) -> list[Any] | None:
    "What `job` returns, in a list; an empty one if it was stopped, None if it could not be."
    done: list[Any] = []
    ended = Event()
    worker = Thread(target=_run, args=(job, done, ended), name=CHECK, daemon=True)
    try:
        worker.start()
        _wait(ended, seconds)
    finally:  # also when the reader interrupts the kernel, which makes `join` and `is_alive` of Python 3.11 lie
        _stop(worker, ended)
    return done if ended.is_set() else None


def _run(job: Callable[[], Any], done: list[Any], ended: Event) -> None:
    try:
        with suppress(
            _TimeIsUp, Exception
        ):  # ours, once a function has changed what everybody uses
            done.append(job())
    finally:
        ended.set()


def _wait(ended: Event, seconds: float, at_most: float = 60.0) -> None:
    "Until the worker has ended, or worked for `seconds`; while modules come in, the clock stands still."
    loaded = len(sys.modules)
    for _ in range(round(at_most / 0.05)):
        if seconds <= 0 or ended.wait(0.05):
            return
        seconds -= 0.05 if len(sys.modules) == loaded else 0
        loaded = len(sys.modules)


def _stop(worker: Thread, ended: Event) -> None:
    "Raise into `worker` until it ends; a few times, since an `except:` may swallow it."
    for _ in range(40):
        if ended.is_set() or worker.ident is None:
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(worker.ident), ctypes.py_object(_TimeIsUp)
        )
        ended.wait(0.05)


def _settle() -> None:
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)


@contextmanager
def _kept() -> Iterator[None]:
    default = torch.get_default_dtype()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            torch.set_default_dtype(default)


class _Paper(io.StringIO):
    "Takes down what is printed until it is told to stop, and no more than a page."

    stopped = False

    def write(self, text: str) -> int:
        if not self.stopped and self.tell() < 2000:
            super().write(text[:2000])
        return len(text)

    def close(self) -> None:
        "Stay open, whoever closes it."


IDLE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def _steps(answer: Any) -> list[dis.Instruction]:
    "What a plain function does; nothing of other callables is known."
    code = getattr(answer, "__code__", None)
    return list(dis.get_instructions(code)) if isinstance(code, CodeType) else []


def _returned(answer: Any) -> list[Any]:
    "What stands behind each `return`: a constant, or `any` for everything that is computed."
    steps = _steps(answer)
    ends = [at for at, step in enumerate(steps) if step.opname in ("RETURN_VALUE", "RETURN_CONST")]
    sources = [
        steps[at]
        if steps[at].opname == "RETURN_CONST" or steps[at].is_jump_target
        else steps[at - 1]
        for at in ends
    ]
    return [
        step.argval if step.opname in ("LOAD_CONST", "RETURN_CONST") else any for step in sources
    ]


def _is_stub(answer: Any) -> bool:
    "Whether the function does nothing and returns nothing."
    steps = _steps(answer)
    return answer is ... or (
        bool(steps)
        and {step.opname for step in steps} <= IDLE
        and _returned(answer)[-1] in (None, ...)
    )


def _never_returns(answer: Any) -> bool:
    "Whether the function has no `return`, or none with a value."
    return bool(_steps(answer)) and all(each is None for each in _returned(answer))


class _Try:
    "One input: what came, what should have come, and the first problem."

    def __init__(
        self,
        exercise: Exercise,
        answer: Callable[..., Any],
        make: Callable[[], dict[str, Any]],
        wants: list[dict[str, Any]],
    ):
        _settle()
        self.exercise, self.answer, self.wants, self.problem = exercise, answer, wants, None
        self.parts: dict[str, Any] = {}
        self.given, self.fresh = make(), make()
        try:
            self._look(self._called())
        except _Problem as problem:
            self.problem = problem
        except Exception:  # an object that resists being looked at
            self.problem = _Problem(
                "type",
                f"`{exercise.function}` returned something that cannot be judged",
                "return one plain tensor",
            )

    def _called(self) -> Any:
        names, function = ", ".join(self.given), f"`{self.exercise.function}`"
        try:
            inspect.signature(self.answer).bind(*self.given.values())
        except TypeError:
            raise _Problem(
                "arguments",
                f"{function} cannot be called with ({names})",
                "give it these arguments, in this order",
            ) from None
        except ValueError:  # a function that keeps its signature to itself
            pass
        return self._guarded(function, lambda: self.answer(*self.given.values()))

    def _guarded(self, doing: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except _TimeIsUp:
            raise
        except BaseException as error:
            raise _raised(doing, error, self.answer) from None
        finally:
            _settle()

    def _look(self, result: Any) -> None:
        after, name = self.exercise.after, self.exercise.result
        if name:
            self._kind(name, result)
        _check_unchanged(self.given, self.fresh, self.exercise.changes)
        if name:
            self._value(name, result)
        doing = f"using what `{self.exercise.function}` left"
        for name, part in (
            self._guarded(doing, lambda: after(result, *self.given.values())) if after else {}
        ).items():
            self._kind(name, part)
            self._value(name, part)

    def _kind(self, name: str, got: Any) -> None:
        small = (
            isinstance(got, Tensor) and got.numel() < 10_000
        )  # one number, expanded, can be endless
        self.parts[name] = got.detach().clone() if small else type(got)
        want = self.wants[0][name]
        if want is None:
            if got is not None:
                raise _Problem(
                    "cleared",
                    f"{name} still holds {_show(got)}, where `None` was expected",
                    "clear the gradient once it is used",
                )
            return
        _check_kind(name, got, want, returned=name == self.exercise.result)
        _check_record(name, got, want)

    def _value(self, name: str, got: Any) -> None:
        if got is not None:
            _check_value(
                name,
                got,
                [want[name] for want in self.wants],
                self.exercise._scale.get(name, 0.0),
                self._at(),
            )

    def _at(self) -> str:
        if sum(each.numel() if isinstance(each, Tensor) else 1 for each in self.fresh.values()) > 4:
            return ""
        at = [f"{name} = {_show(value)}" for name, value in self.fresh.items()]
        grads = {
            name: value.grad for name, value in self.fresh.items() if isinstance(value, Tensor)
        }
        at += [f"{name}.grad = {_show(grad)}" for name, grad in grads.items() if grad is not None]
        return f" at {', '.join(at)}"

    def is_input(self, name: str) -> bool:
        "Whether the last part is an input that went in."
        part, given = list(self.parts.values())[-1:], self.fresh[name]
        return (
            bool(part)
            and isinstance(part[0], Tensor)
            and isinstance(given, Tensor)
            and part[0].dtype == given.dtype
            and _equal(part[0], given.detach())
        )

    def like(self, other: _Try) -> bool:
        "Whether both made the same of the same input."
        if self.problem is None or other.problem is None:
            return self.problem is other.problem
        kinds = {self.problem.kind, other.problem.kind}
        if kinds & {"raised", "arguments", "changed"}:
            return len(kinds) == 1 and self.problem.words == other.problem.words
        if len(kinds) > 1 and kinds != {"value", "record kept"}:
            return False
        return self.parts.keys() == other.parts.keys() and all(
            self._same(name, other.parts[name]) for name in self.parts
        )

    def is_twin(self, other: _Try) -> bool:
        "Whether both made the same to the last digit."
        mine, theirs = (
            {name: part for name, part in each.parts.items() if isinstance(part, Tensor)}
            for each in (self, other)
        )
        return (
            bool(mine)
            and mine.keys() == theirs.keys()
            and all(_equal(part, theirs[name]) for name, part in mine.items())
        )

    def _same(self, name: str, other: Any) -> bool:
        one = self.parts[name]
        if not isinstance(one, Tensor) or not isinstance(other, Tensor):
            return one is other
        if (one.shape, one.device, one.layout) != (other.shape, other.device, other.layout):
            return False
        return not _apart(one, other, self.exercise._scale.get(name, 0.0)).any()


FACTORS = {
    -1.0: "the sign is the wrong way round",
    0.5: "it is half of the right one: was a factor 2 lost?",
    2.0: "it is twice the right one: was something counted twice?",
}


def _pattern(tries: list[_Try]) -> str:
    "What wrong values have in common, as advice; empty if nothing."
    name = next(
        (list(each.parts)[-1] for each in tries if each.problem and each.problem.kind == "value"),
        "",
    )
    sides = [(each.parts.get(name), each.wants[0].get(name)) for each in tries]
    pairs = [
        (got, want)
        for got, want in sides
        if isinstance(got, Tensor) and isinstance(want, Tensor) and got.shape == want.shape
    ]
    if not name or len(pairs) < len(tries):
        return ""
    got, want = (
        torch.cat([each.detach().flatten().double() for each in side])
        for side in zip(*pairs, strict=True)
    )
    wrong = [_apart(*pair, tries[0].exercise._scale[name]) for pair in pairs]
    return (
        _multiple(got, want) or _too_much(got - want) or _places(wrong) or _nearly(tries, got, want)
    )


def _not_finite(tries: list[_Try]) -> str:
    tensors = [part for each in tries for part in each.parts.values() if isinstance(part, Tensor)]
    if any(each.isinf().any() for each in tensors):
        return "is something divided by 0, or grown past what a float holds?"
    if any(each.isnan().any() for each in tensors):
        return "nan comes from the root of a number below 0, and from 0 divided by 0: is one of them there?"
    return ""


def _steady(numbers: Tensor) -> bool:
    return len(numbers) > 1 and bool(
        (numbers - numbers.mean()).abs().max() <= 1e-4 * numbers.mean().abs()
    )


def _multiple(got: Tensor, want: Tensor) -> str:
    ratio = (got / want)[want != 0]
    if got[want == 0].any() or not _steady(ratio):
        return ""
    factor = ratio.mean().item()
    known = next((words for each, words in FACTORS.items() if abs(factor - each) < 1e-4), "")
    return known or f"it is {factor:.4g} times the right one, for every input"


def _too_much(gap: Tensor) -> str:
    return (
        f"it is {gap.mean().abs():.4g} too {'large' if gap.mean() > 0 else 'small'}, for every input"
        if _steady(gap)
        else ""
    )


def _places(wrong: list[Tensor]) -> str:
    "The numbers that are wrong where others are right, if there are few."
    if any(each.dim() != 1 or len(each) > 5 or each.shape != wrong[0].shape for each in wrong):
        return ""
    places = torch.stack(wrong).any(0).nonzero().flatten().tolist()
    return (
        f"the fault is at index {' and '.join(map(str, places))}, the rest is right"
        if len(places) < len(wrong[0])
        else ""
    )


def _nearly(tries: list[_Try], got: Tensor, want: Tensor) -> str:
    right = sum(each.problem is None for each in tries)
    if right:
        return f"for {right} of {len(tries)} inputs it is right: what is different about this one?"
    off = ((got - want).abs() / want.abs()).max().item()
    return (
        f"it is near, at most {100 * off:.2g} % off: is a step too coarse, or a number rounded?"
        if off < 0.1
        else ""
    )


_Mix = tuple[int, Callable[[], dict[str, Any]], dict[str, Any]]  # a seed, the inputs, what is right


class Exercise:
    "A question that is answered with a function; nothing that the function does is an error."

    def __init__(
        self,
        name: str,  # of the variable that holds the exercise
        function: str,  # what the reader's function is called
        inputs: Callable[[torch.Generator], dict[str, Any]],  # its arguments, by name
        routes: dict[str, Callable[..., Any]],  # two independent right ones, by name of the route
        mistakes: dict[
            str, Callable[..., Any]
        ],  # wrong ones, by the question that names the mistake
        hint: str,  # a sentence
        solution: str,  # code that defines `function`
        result: str = "the result",  # what the message calls it; empty: what is returned does not matter
        after: Callable[..., dict[str, Any]]
        | None = None,  # of (result, *inputs): what else is judged
        changes: tuple[str, ...] = (),  # the inputs that the function is asked to change
        bug: Callable[..., Any] | None = None,  # the one planted in the stub
        symptom: str = "",  # what that bug does, without its cure
    ):
        self.name, self.function, self.inputs, self.routes, self.mistakes = (
            name,
            function,
            inputs,
            routes,
            mistakes,
        )
        self.result, self.after, self.changes, self.bug, self.symptom = (
            result,
            after,
            changes,
            bug,
            symptom,
        )
        self._hint, self._solution = hint, solution.strip("\n")
        self._known: dict[int, list[dict[str, Any]]] = {}
        self._scale: dict[str, float] = {}
        self._mixed: dict[str, list[_Mix]] = {}

    def check(
        self,
        answer: Any = ...,  # the reader's function
    ) -> Feedback:
        "What is right or wrong with `answer`, in a sentence; `RecursionError` in a function that checks itself."
        if current_thread().name == CHECK:
            raise RecursionError("the function checks itself")
        if _is_stub(answer):
            return self._open()
        if not callable(answer) or isinstance(answer, type):
            return self._wrong(
                f"`{self.name}.check` takes the function itself, not what it returns",
                f"write `{self.name}.check({self.function})`",
            )
        paper = _Paper()
        try:
            with _kept(), warnings.catch_warnings(), redirect_stdout(paper):
                warnings.simplefilter("ignore")
                return self._judged(answer, paper)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"the check of {self.function} was interrupted") from None
        finally:
            print(paper.getvalue(), end="")

    def hint(self) -> Feedback:
        "A push in the right direction."
        return Feedback("said", f"Hint: {self._hint}")

    def solution(self) -> Feedback:
        "One right answer of many."
        return Feedback("said", "One way to write it:", code=self._solution)

    def _judged(self, answer: Callable[..., Any], paper: _Paper) -> Feedback:
        tries: list[_Try] = []
        _within(60.0, self._prepare)
        ended = _within(SECONDS, lambda: self._call(answer, tries, paper))
        bad = next((each.problem for each in tries if each.problem), None)
        if bad:
            told = _within(SECONDS, lambda: self._named(answer, tries, bad, bool(paper.getvalue())))
            return told[0] if told else self._wrong(bad.words, bad.advice)
        if not ended:
            return self._late(len(tries), running=ended is None)
        if len(tries) < TRIALS:
            return self._wrong(
                f"`{self.function}` cannot be judged",
                "does it change something that everybody uses?",
            )
        return self._right()

    def _prepare(self) -> None:
        "Compute what is right, and how large it gets."
        _settle()
        for seed in range(TRIALS):
            for each in self._wanted(seed):
                sizes = {
                    name: want.detach().double().abs().max().item()
                    for name, want in each.items()
                    if want is not None and want.numel()
                }
                self._scale |= {
                    name: max(size, self._scale.get(name, 0.0)) for name, size in sizes.items()
                }

    def _call(self, answer: Callable[..., Any], tries: list[_Try], paper: _Paper) -> None:
        with suppress(Exception):  # ours
            while len(tries) < TRIALS and not (
                tries and tries[-1].problem and tries[-1].problem.kind == "raised"
            ):
                tries.append(self._try(answer, len(tries)))
                paper.stopped = True

    def _named(
        self, answer: Callable[..., Any], tries: list[_Try], bad: _Problem, printed: bool
    ) -> Feedback:
        if any(part is type(...) for part in tries[0].parts.values()):
            return self._open()
        if bad.kind == "none" and self.result in tries[0].parts and _never_returns(answer):
            return self._wrong(
                bad.words,
                f"end the function on `return`{'; `print` shows a value and hands nothing over' if printed else ''}",
            )
        if self.bug and self._does(self.bug, tries):
            return self._open(f"Not yet, the bug is still in: {self.symptom}")
        named = next(
            (words for words, mistake in self.mistakes.items() if self._does(mistake, tries)), ""
        )
        return self._wrong(bad.words, named or self._clue(answer, tries, bad.kind) or bad.advice)

    def _does(self, mistake: Callable[..., Any], tries: list[_Try]) -> bool:
        return all(each.like(self._try(mistake, seed)) for seed, each in enumerate(tries))

    def _clue(self, answer: Callable[..., Any], tries: list[_Try], kind: str) -> str:
        "What a mistake that nobody listed does with its inputs; empty if nothing is known."
        if kind not in ("value", "shape", "record kept") or len(tries) < TRIALS:
            return ""
        back = [name for name in tries[0].fresh if all(each.is_input(name) for each in tries)]
        if back:
            return f"is that `{back[0]}`, as it came?"
        strange = _not_finite(tries)
        if strange:
            return strange
        if kind == "value" and all(
            self._right_in_float64(answer, seed, each) for seed, each in enumerate(tries)
        ):
            return "in float64 it would be right, so float32 lost the digits: a small push wants float64, as in `numeric_grad`"
        if kind == "value" and all(each.is_twin(tries[0]) for each in tries):
            if not any(part.any() for part in tries[0].parts.values() if isinstance(part, Tensor)):
                return (
                    "it is 0 for every input: is something multiplied by 0, or cleared too early?"
                )
            return "it is the same for every input: is the number of one example written into the function?"
        unused = [name for name in tries[0].fresh if self._ignores(name, answer, tries)]
        if 0 < len(unused) < len(tries[0].fresh):
            return f"it does not depend on {' or '.join(f'`{name}`' for name in unused)}: is a number written in its place?"
        return _pattern(tries)

    def _right_in_float64(self, answer: Callable[..., Any], seed: int, once: _Try) -> bool:
        wants = [{name: _in_float64(want) for name, want in each.items()} for each in once.wants]
        again = _Try(
            self,
            answer,
            lambda: {name: _in_float64(each) for name, each in self._inputs(seed).items()},
            wants,
        )
        name = list(once.parts)[-1]
        got, want = again.parts.get(name), once.wants[0][name]
        return (
            isinstance(got, Tensor)
            and isinstance(want, Tensor)
            and got.shape == want.shape
            and not _apart(got, want, self._scale[name]).any()
        )

    def _ignores(self, name: str, answer: Callable[..., Any], tries: list[_Try]) -> bool:
        "Whether another value of an input changes what is right, and nothing in what came."
        if name not in self._mixed:
            self._mixed[name] = list(islice(self._mixes(name), 2))
        told = self._mixed[name]
        return len(told) > 1 and all(
            _Try(self, answer, make, [want]).is_twin(tries[seed]) for seed, make, want in told
        )

    def _mixes(self, name: str) -> Iterator[_Mix]:
        "Inputs of one seed with one value from another, wherever that changes what is right."
        for seed, other in permutations(range(TRIALS), 2):
            make = partial(self._mix, seed, other, name)
            with suppress(Exception):  # they may not fit together
                want = self._by_routes(make)[0]
                if not all(_equal(want[key], self._wanted(seed)[0][key]) for key in want):
                    yield seed, make, want

    def _mix(self, seed: int, other: int, name: str) -> dict[str, Any]:
        return {**self._inputs(seed), name: self._inputs(other)[name]}

    def _inputs(self, seed: int) -> dict[str, Any]:
        return self.inputs(torch.Generator().manual_seed(seed))

    def _try(self, answer: Callable[..., Any], seed: int) -> _Try:
        return _Try(self, answer, lambda: self._inputs(seed), self._wanted(seed))

    def _wanted(self, seed: int) -> list[dict[str, Any]]:
        "What each route makes of the inputs of `seed`; computed once."
        if seed not in self._known:
            self._known[seed] = self._by_routes(lambda: self._inputs(seed))
        return self._known[seed]

    def _by_routes(self, make: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        made = [route(*make().values()) for route in self.routes.values()]
        return [each if isinstance(each, dict) else {self.result: each} for each in made]

    def _open(self, words: str = "") -> Feedback:
        what = words or f"Not answered yet: write `{self.function}` and run the cell again"
        if not os.environ.get(STATIC):
            return Feedback("open", f"{what}; `{self.name}.hint()` helps.")
        folds = {
            "Hint": f"<p>{_as_html(self._hint)}</p>",
            "Solution": _code_as_html(self._solution),
        }
        return Feedback("open", f"{what}.", folds)

    def _late(self, finished: int, running: bool) -> Feedback:
        took = f"`{self.function}` took longer than {SECONDS:g} seconds"
        if running:
            return self._wrong(
                f"{took} and cannot be stopped",
                "what does it wait for? If that never comes, restart the kernel",
            )
        if finished:
            return self._wrong(
                f"{took} and was stopped, right on the {finished} of {TRIALS} inputs that it did",
                "can it do with less work?",
            )
        return self._wrong(
            f"{took} and was stopped", "does its loop ever end, or can it do with less work?"
        )

    def _wrong(self, words: str, advice: str) -> Feedback:
        advice = advice or f"`{self.name}.hint()` helps"
        return Feedback("wrong", f"Not yet: {words}: {advice}{'' if advice.endswith('?') else '.'}")

    def _right(self) -> Feedback:
        return Feedback(
            "right",
            f"Right. On {TRIALS} random inputs it agrees with {' and with '.join(self.routes)}.",
        )


class Prediction:
    "A question with a few options: the reader commits, then runs."

    def __init__(
        self,
        name: str,  # of the variable that holds the prediction
        options: tuple[Any, ...],  # numbers or words to choose from
        answer: Callable[[], Any],  # runs the code in question, gives one of the options
        why: str,  # what to look at, for whoever is wrong
    ):
        self.name, self.options, self.answer, self.why = name, options, answer, why

    def commit(
        self,
        choice: Any = ...,  # one of the options
        *more: Any,  # nothing
    ) -> Feedback | None:  # None where nothing is chosen and notebooks are saved
        "Whether the choice comes true."
        either = "; or ".join(f"`{self.name}.commit({option!r})`" for option in self.options)
        if choice is ... or choice is None:
            return (
                None
                if os.environ.get(STATIC)
                else Feedback("open", f"Not answered yet: write {either}, and run the cell again.")
            )
        chosen = [option for option in self.options if _chosen(choice, option)]
        if more or not chosen:
            what = "Those are several" if more else f"{_show(choice)} is none of the options"
            return Feedback("open", f"{what}: write {either}.")
        if chosen[0] == self.answer():
            return Feedback("right", "Right. Run the next cell to see it.")
        return Feedback("wrong", f"Not {chosen[0]}. Run the next cell and see: {self.why}")


def _chosen(choice: Any, option: Any) -> bool:
    try:
        if isinstance(option, str):
            return isinstance(choice, str) and choice.strip().lower() == option.lower()
        number = choice.detach() if isinstance(choice, Tensor) else choice
        return not isinstance(number, (bool, str)) and float(number) == option
    except Exception:  # not one number
        return False
