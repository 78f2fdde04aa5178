"A question, and one trial of an answer: what should have come, what came, and the first problem."

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from autograd_tutorial.exercises.feedback import show, show_line
from autograd_tutorial.exercises.running import run
from autograd_tutorial.tools.messages import words_of

TRIALS = 5  # random inputs a check
SMALL = 10_000  # numbers, of which a copy is kept
ROUNDING = {torch.float32: 1e-4, torch.float64: 1e-6}  # by which share two right answers may differ
NONE = "`.grad` is `None` before `backward`, once it is cleared, and on a non-leaf tensor"
ADVICE = {  # by the kind of problem
    "none": f"does the function end on `return`? {NONE}; `backward` returns `None`, too",
    "not stored": "was nothing stored there, or does nothing lead back there?",
    "numpy": "stay with tensors, without `.numpy()`",
    "number": "leave out `.item()` and `float(...)`; is a number of your own still to multiply an input, or to be made a tensor?",
    "type": "return a tensor",
    "dtype": "compute it from the inputs as they come, without changing their type",
    "record kept": "hand it over with `.detach()`",
    "no record": "leave out `.detach()`, `.item()` and `no_grad`, and step a leaf in place",
    "leaf": "`w = w - ...` makes a new tensor; change the leaf in place under `torch.no_grad()`",
    "cleared": "clear the gradient once it is used",
    "arguments": "give it these arguments, in this order",
    "unreadable": "return one plain tensor",
    "raised": "call it yourself with one input to see the line",
}
RECORD = "nothing asked for a record: call `requires_grad_()` on a copy of the input first"
CALL = "write the brackets, too, that call it"
WHOLE = "stay with tensors, without `.item()` or `float(...)`"
PRODUCT = "in `A @ B` the last size of A is the first of B: write both `.shape`s down, and see what has to be turned over"
COUNTED = "whole numbers came, or true and false: is a division or a product missing? `.float()` makes decimals of them"
BROKEN = "complex numbers came: `eigvals` gives them, where `eigvalsh` gives real ones, and so does a root of what is below 0"
FORWARD = "PyTorch has no rule forward for one of these operations: walk back twice, or use `mse` of lesson 2 in place of its `mse_loss`"
CURES = {  # by what an error says
    "does not require grad": RECORD,
    "backward through the graph a second time": "the record is freed by the first walk: compute again before you walk again",
    "a leaf Variable that requires grad": "step a leaf inside `with torch.no_grad():`, or compute something new from it",
    "modified by an inplace operation": "something that the walk back needs was overwritten: write into a copy",
    "ZeroTensors are immutable": "PyTorch's own losses cannot be pushed forward: take `mse` or `rmse` of lesson 2",
    "grad can be implicitly created only for scalar": "walk back from one number: use `.sum()` or `.mean()`",
    "to be a tuple": "`torch.func.jvp` takes what goes in, and its push, each as a tuple: `(params,)`, `(u,)`",
    "could not infer output dtype": "true and false have no mean: `.float()` makes ones and zeros of them",
    "'bool' object has no attribute": "a comparison of unlike things is one `False`: print both sides; `max(1)` gives a pair, `argmax(1)` places alone",
    "slice indices must be": "`/` gives a decimal, which is no place in a tensor: `//` counts whole ones",
    "Mismatch in shape: grad_output": "`gradient=` takes a weight for each number that the walk begins at, in their shape",
    "a forward gradient that has a different size": "a push forward has the shape of what goes in",
    "broadcast to indexing result": "as many numbers have to come as there are places: print the `.shape` of both sides",
    "not have been used in the graph": "no way leads back to that tensor: is it part of what you walk back from?",
    "is out of bounds for dimension": "places are counted from 0: the last one is one below the length",
    "assigned grad expected": "`.grad` takes a tensor, or `None` to clear it: neither a number nor a tuple",
    "can't retain_grad": RECORD,
    "no attribute 'zero_grad'": "`zero_grad` belongs to optimizers: put `None` into `.grad`",
    "'float' object has no attribute": WHOLE,
    "'tuple'": "several came in a tuple: take one out, as with `[0]`",
    "multiply sequence": "several came in a tuple: take one out, as with `[0]`",
    "'Tensor' object has no attribute 'next_functions'": "the object in `.grad_fn` has them",
    "Backward0' object has no attribute": "an object of the record has `next_functions`, and the one at the end of the road `variable`: all else belongs to tensors",
    "argument 0 is not a Variable": "what comes in must be a tensor: `torch.ones(())` to start with",
    "expected Tensor as element": "`torch.stack` takes tensors; of numbers, `torch.tensor` makes one",
    "should be an iterable of Tensors": "an optimizer takes a list: `[params]`",
    "detach views in-place": "`detach()` without `_` gives a new tensor, to be used in its place",
    "flags of leaf variables": "`requires_grad` is set on leaves; `.detach()` gives a part that is held",
    "zero-dimensional tensor": "`torch.stack` joins single numbers",
    "'int' object is not iterable": "a loop counts through `range(...)`",
    "more than one value is ambiguous": "`if` wants one truth, and here is one for each number: `torch.where` chooses number by number, `torch.equal` compares as a whole",
    "_function_or_method": CALL,
    "'function' and": CALL,
    "shapes cannot be multiplied": PRODUCT,
    "size mismatch": PRODUCT,
    "must match the size of tensor": "number by number, shapes have to fit: print both `.shape`s; `[:, None]` makes a column",
    "is invalid for input of size": "a reshape keeps all numbers: there are more, or fewer, than fit into that shape",
    "number of sizes provided": "a shape does not fit: print the `.shape` of both sides; `expand` only spreads",
    "broadcast shape": "what is changed in place keeps its shape, and more came: print both `.shape`s",
    "Dimension out of range": "a dimension is meant by its number, from 0, and not by its size",
    "can be converted to an index": "a list is no tensor, and a tensor no single place: `torch.tensor(...)` makes one of a list",
    "return_types": "`max(0)` gives values and their places: take `.values`, or write `amax(0)`",
    "'Tensor' object is not callable": "brackets behind a tensor call it: is a `*` missing, or are they too many, as behind `.grad`?",
    "NoneType": NONE,
    "numpy() on Tensor that requires grad": ADVICE["numpy"],
    "only one element tensors can be converted": WHOLE,
    "cannot be converted to Scalar": WHOLE,  # as newer releases say it
    "context manager protocol": "write the brackets, too: `with torch.no_grad():`",
    "__enter__": "write the brackets, too: `with torch.no_grad():`",  # as Python 3.10 says it
    "bitwise_xor": "`^` is no power in Python: write `**`",
    "forward AD": FORWARD,
    "ZeroTensors": FORWARD,  # as PyTorch says it of its `mse_loss`
    "maximum recursion": "does it call itself for ever?",
    "checks itself": "move the line with the check out of the function",
    "not defined": "is it spelled as where it was made, or is an `import` missing? Then run that cell first",
}

Inputs = dict[str, Any]  # the arguments of a function, by name
Parts = dict[str, Any]  # what is judged, by what a message calls it


@dataclass(eq=False, repr=False)
class Question:
    "What is asked, what is right, and what is often wrong."

    name: str  # of the variable that holds it
    function: str  # what the reader's function is called
    inputs: Callable[[torch.Generator], Inputs]  # random ones
    routes: dict[str, Callable[..., Any]]  # two independent right answers, by name of the route
    mistakes: Callable[..., dict[str, Any]]  # of the inputs: a wrong result, or a function that
    # goes wrong, by the question that names the mistake
    hint_words: str  # a sentence
    solution_code: str  # defines `function`
    result: str = "the result"  # what the message calls it; empty: what is returned does not matter
    after: Callable[..., Parts] | None = None  # of (result, *inputs): what else is judged
    changes: tuple[str, ...] = ()  # the inputs that the function is asked to change
    bug: Callable[..., Any] | None = None  # the one planted in the stub
    symptom: str = ""  # what that bug does, without its cure
    seen: str = ""  # where it stood in public code, a sentence
    repairs: tuple[
        tuple[str, str], ...
    ] = ()  # other cures of that bug: what stands there, and what would do
    slips: tuple[str, ...] = ()  # bodies of wrong answers, for a page to offer beside the solution
    _wanted: dict[int, list[Parts]] = field(init=False, default_factory=dict)

    def draw(self, seed: int) -> Inputs:
        "The inputs of one trial."
        return self.inputs(torch.Generator().manual_seed(seed))

    def by_routes(self, make: Callable[[], Inputs]) -> list[Parts]:
        "What each route makes of inputs, made anew for each."
        made = [route(*make().values()) for route in self.routes.values()]
        return [each if isinstance(each, dict) else {self.result: each} for each in made]

    def wanted(self, seed: int) -> list[Parts]:
        "What each route makes of the inputs of `seed`; computed once."
        if seed not in self._wanted:
            self._wanted[seed] = self.by_routes(lambda: self.draw(seed))
        return self._wanted[seed]

    @cached_property
    def sizes(self) -> dict[str, float]:
        "How large the numbers of each part get, over all trials."
        found: dict[str, float] = {}
        for parts in (parts for seed in range(TRIALS) for parts in self.wanted(seed)):
            for name, want in parts.items():
                if want is not None and want.numel():
                    found[name] = max(found.get(name, 0.0), want.detach().abs().max().item())
        return found


class Problem(Exception):
    "What is wrong, in words, and what would help."

    def __init__(self, kind: str, words: str, advice: str = ""):
        self.kind, self.words, self.advice = kind, words, advice or ADVICE.get(kind, "")


class Trial:
    "An answer, called with one set of inputs: what came of it, and the first problem."

    def __init__(
        self,
        question: Question,
        answer: Callable[..., Any],
        make: Callable[[], Inputs],  # the inputs, anew each time
        wants: list[Parts],  # by each route
    ):
        self.question, self.answer, self.wants = question, answer, wants
        self.given, self.fresh = make(), make()  # after the call, and as they came
        self.parts: Parts = {}  # a copy of each tensor, of anything else its type
        self.problem: Problem | None = None
        self.is_empty = False  # whether nothing came back: `None`, or `...`
        try:
            self._judge()
        except Problem as problem:
            self.problem = problem
        except Exception:  # an object that resists being looked at
            words = f"`{question.function}` returned something that cannot be judged"
            self.problem = Problem("unreadable", words)

    def _judge(self) -> None:
        asked, given = self.question, self.given.values()
        result = self._run(f"`{asked.function}`", self.answer, *given)
        self.is_empty = result is None or result is ...
        _check_unchanged(self.given, self.fresh, asked.changes)
        if asked.result:
            self._check(asked.result, result)
        if asked.after:
            left = self._run(f"using what `{asked.function}` left", asked.after, result, *given)
            for name, part in left.items():
                self._check(name, part)

    def _run(self, doing: str, function: Callable[..., Any], *given: Any) -> Any:
        result, error = run(function, *given)
        if error is None:
            return result
        if isinstance(error, Problem):  # of what is judged besides the result
            raise error
        if isinstance(error, TypeError) and not traceback.extract_tb(error.__traceback__)[1:]:
            raise Problem("arguments", f"{doing} cannot be called with ({', '.join(self.given)})")
        raise raised(doing, error, self.answer)

    def _check(self, name: str, got: Any) -> None:
        small = isinstance(got, Tensor) and got.numel() < SMALL  # one number, expanded, is endless
        self.parts[name] = got.detach().clone() if small else type(got)
        wants = [want[name] for want in self.wants]
        if wants[0] is not None:
            _check_kind(name, got, wants[0], returned=name == self.question.result)
            self._check_numbers(name, got, wants)
            _check_record(name, got, wants[0])
        elif got is not None:
            words = f"{name} still holds {show(got)}, where `None` was expected"
            raise Problem("cleared", words)

    def _check_numbers(self, name: str, got: Tensor, wants: list[Tensor]) -> None:
        wrong = [apart(got, want, self.size(name)) | ~got.isfinite() for want in wants]
        places = next((each.nonzero().tolist() for each in wrong if each.any()), None)
        if places is None:
            return
        one, other, place, first = got, wants[0], "", tuple(places[0])
        if got.numel() > 4:
            one, other = got[first], other[first]
            place = f" at index {first[0] if len(first) == 1 else first}"
        expected = f"where {show(other)} was expected{self.at}"
        raise Problem("value", f"{name} is {show(one)}{place}, {expected}")

    @property
    def at(self) -> str:
        "Words for the inputs, if they are few."
        tensors = {k: v for k, v in self.fresh.items() if isinstance(v, Tensor)}
        if sum(each.numel() - 1 for each in tensors.values()) + len(self.fresh) > 4:
            return ""
        grads = {f"{name}.grad": each.grad for name, each in tensors.items()}
        there = {**self.fresh, **{name: grad for name, grad in grads.items() if grad is not None}}
        return f" at {', '.join(f'{name} = {show(value)}' for name, value in there.items())}"

    def size(self, name: str) -> float:
        "The largest number to be expected of a part."
        return self.question.sizes.get(name, 0.0)

    @property
    def last(self) -> str:
        "The part that was looked at last: the wrong one, if there is a problem."
        return next(reversed(self.parts), "")

    def is_like(self, other: "Trial") -> bool:
        "Whether another answer makes the same of the same input, but for rounding."
        if self.problem is None or other.problem is None:
            return self.problem is other.problem
        kinds = {self.problem.kind, other.problem.kind}
        if kinds & {"raised", "arguments", "changed"}:
            return len(kinds) == 1 and self.problem.words == other.problem.words
        if len(kinds) > 1:
            return False
        return self.parts.keys() == other.parts.keys() and all(
            self._is_same(name, part, other.parts[name]) for name, part in self.parts.items()
        )

    def _is_same(self, name: str, one: Any, other: Any) -> bool:
        if not isinstance(one, Tensor) or not isinstance(other, Tensor):
            return one is other
        if (one.shape, one.device, one.layout) != (other.shape, other.device, other.layout):
            return False
        return not apart(one, other, self.size(name)).any()

    def is_twin(self, other: "Trial") -> bool:
        "Whether other inputs make the same to the last digit."
        mine, theirs = self.tensors, other.tensors
        return bool(mine) and all(same(mine.get(k), theirs.get(k)) for k in {*mine, *theirs})

    @property
    def tensors(self) -> dict[str, Tensor]:
        "The parts that are tensors."
        return {name: part for name, part in self.parts.items() if isinstance(part, Tensor)}


def same(
    one: Tensor | None,
    other: Tensor | None,
) -> bool:
    "Whether both are the same to the last digit, and of one type; or both `None`."
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)


def apart(
    got: Tensor,
    want: Tensor,  # of the same shape
    size: float,  # the largest number to be expected
) -> Tensor:  # of bool, the same shape
    "Which numbers differ by more than rounding."
    rounding = ROUNDING.get(want.dtype, 0.0)
    one, other = got.detach().double(), want.detach().double()
    return ~torch.isclose(one, other, rtol=rounding, atol=0.1 * rounding * size, equal_nan=True)


def _check_kind(name: str, got: Any, want: Tensor, returned: bool) -> None:
    shape, kind = tuple(want.shape), type(got).__name__
    wanted = f"where a tensor of shape {shape} was expected"
    if got is None:
        raise Problem("none" if returned else "not stored", f"{name} is `None`, {wanted}")
    if type(got).__module__ == "numpy":
        raise Problem("numpy", f"{name} is a numpy array, {wanted}")
    if isinstance(got, (bool, int, float)):
        advice = "it says whether, and not what" if isinstance(got, bool) else ""
        raise Problem("number", f"{name} is a Python {kind}, {wanted}", advice)
    if type(got) not in (Tensor, Parameter):
        raise Problem("type", f"{name} is of type {kind}, {wanted}", _unpacked(got, want))
    if tuple(got.shape) != shape:
        words = f"{name} has shape {tuple(got.shape)}, where {shape} was expected"
        raise Problem("shape", words, _reshaped(got, want))
    for key in ("dtype", "device", "layout"):
        came, meant = getattr(got, key), getattr(want, key)
        if came != meant:
            whole = not got.is_floating_point() and not got.is_complex()
            words = f"{name} is {came}, where {meant} was expected"
            raise Problem("dtype", words, COUNTED if whole else BROKEN if got.is_complex() else "")


def _unpacked(got: Any, want: Tensor) -> str:
    if inspect.isroutine(got):
        return CALL
    if type(got) not in (list, tuple):
        return ""
    if len(got) == len(want.flatten()) > 1:
        return "`torch.stack` makes one tensor of several, `torch.tensor` one of numbers"
    return "return one tensor alone: take it out, as with `[0]` or `[-1]`"


def _reshaped(got: Tensor, want: Tensor) -> str:
    if got.numel() == want.numel():
        return "it has as many numbers: is it turned round, or is there a dimension too many?"
    if got.dim() > want.dim():
        return "is something still to be added up or averaged?"
    if got.dim() == want.dim() == 1 and len(got) < len(want):
        return "are some left out, or is a list begun anew in each round?"
    if got.dim() == want.dim() == 1:
        return "does a loop go on too long, or something come in twice?"
    if got.numel() == 1:
        return "one number came: is something added up that should stay apart?"
    return "print the `.shape` of what goes into it"


def _check_record(name: str, got: Tensor, want: Tensor) -> None:
    if got.requires_grad and not want.requires_grad:
        words = f"{name} still carries autograd's record, where a plain tensor was expected"
        raise Problem("record kept", words)
    if want.requires_grad and not got.requires_grad:
        words = f"{name} carries no record, so autograd cannot walk back from it"
        raise Problem("no record", words)
    if want.is_leaf and not got.is_leaf:
        raise Problem("leaf", f"{name} is a non-leaf tensor, where a leaf was expected")


def _check_unchanged(given: Inputs, fresh: Inputs, changes: tuple[str, ...]) -> None:
    for name, now in given.items():
        before = fresh[name]
        if name in changes or not isinstance(now, Tensor):
            continue
        copy, words = f"`{name}.detach().clone()", ""
        if not same(now.detach(), before.detach()):
            words = f"changed the values of its input `{name}`"
        elif now.requires_grad != before.requires_grad:
            flag = f"`requires_grad={now.requires_grad}`"
            words = f"left `{name}` with {flag}, which it found otherwise"
        elif now.is_leaf and not same(now.grad, before.grad):
            words = f"left a gradient in `{name}.grad`, where the next one will be added"
        if words:
            advice = f"work with a copy: {copy}`, for a walk back {copy}.requires_grad_()`"
            raise Problem("changed", f"the function {words}", advice)


def raised(doing: str, error: BaseException, answer: Any) -> Problem:
    "An error as a problem, with what helps against it, or the reader's line that raised it."
    try:
        said = words_of(error)
    except Exception:
        said = ""
    first = f" ({show_line(said)})" if show_line(said) else ""
    file = getattr(getattr(answer, "__code__", None), "co_filename", "")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.line for frame in frames if frame.filename == file and frame.line]
    helps = [f"look at the line `{show_line(line)}`" for line in lines[-1:]]
    cures = [cure for part, cure in CURES.items() if part in said]
    return Problem("raised", f"{doing} raised {type(error).__name__}{first}", *(cures + helps)[:1])
