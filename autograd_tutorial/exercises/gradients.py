"""What lesson 1 asks, and how it is judged."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw, draw_share
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.routes import Slope, by_slopes
from autograd_tutorial.gradients import numeric_grad


def _square(x: Tensor) -> Tensor:
    return x**2


def _cube(x: Tensor) -> Tensor:
    return x**3


p1 = Prediction("The result moves about four times as far as x does.")
p2 = Prediction("Ten times closer, a tenth of the error: {slopes}.")
p3 = Prediction("The larger push is too coarse, the smaller one loses the digits.")
p4 = Prediction('`None` means "nobody has asked". Zero would be a claim about a slope.')
p5 = Prediction("`backward` adds to `.grad`; it never overwrites.")
p6 = Prediction("The first walk used the record up, and PyTorch says so: {why}.")
p7 = Prediction("Only the leaf keeps it; through `b` it is passed on and forgotten.")
p8 = Prediction(
    "It is wrong, and nothing says so: the walk back multiplies by 2p, and by then p is 0."
)
p9 = Prediction("The gradient shrinks with x: each step takes away a fifth of what is left.")


def _wrong_slopes(t: Tensor) -> dict[str, Any]:
    return {
        "is that t³ itself, and not its slope?": t**3,
        "is that the slope of t²?": 2 * t,
        "did you lose the factor 3 that comes down from the power?": t**2,
        "is that dt/dy, the derivative upside down?": 1 / (3 * t**2),
        "is a `return` missing, or was `.grad` read before `backward`, or from a non-leaf tensor? `backward` itself returns `None`, too": None,
        "was nothing asked to record? Call `requires_grad_()` on a copy of `t` first": lambda t: (
            _cube(t).backward()
        ),
    }


q1 = Exercise(
    "q1",
    "cube_slope",
    inputs=lambda g: {"t": draw(g)},
    routes=by_slopes(lambda slope, t: slope(_cube, t)),
    mistakes=_wrong_slopes,
    hint_words="Make a copy of `t` that asks for gradients, compute its cube, walk back, and read `.grad` of the copy.",
    solution_code="""
def cube_slope(t):
    x = t.clone().requires_grad_()
    (x**3).backward()
    return x.grad
""",
    slips=(
        "return t**3",
        "t.requires_grad_()\nreturn (t**3).backward()",
        "return 1 / (3 * t**2)",
    ),
)


def _fourth(x: Tensor) -> Tensor:
    return x**4


def _wrong_pushes(x: Tensor, h: float) -> dict[str, Any]:
    left, here, right = _fourth(x - h), _fourth(x), _fourth(x + h)
    return {
        "is that a push to the right alone?": (right - here) / h,
        "is that a push to the left alone?": (here - left) / h,
        "how far is it from x - h to x + h?": (right - left) / h,
        "is one end x itself? Then the ends lie `h` apart": (right - here) / (2 * h),
        "does `/ 2 * h` divide by 2 and multiply by h?": (right - left) / 2 * h,
        "are brackets missing around the difference? Division comes before it": (
            right - left / (2 * h)
        ),
        "are brackets missing, around the difference and around 2h?": right - left / 2 * h,
        "is `h` added to x⁴, where it pushes x?": 1 + 0 * x,
        "is that the exact slope? So large a push finds another": 4 * x**3,
    }


q2 = Exercise(
    "q2",
    "push_slope",
    inputs=lambda g: {"x": draw(g), "h": draw_share(g, 0.2, 0.6).item()},
    routes={
        "`numeric_grad`": lambda x, h: numeric_grad(_fourth, x, h),
        "the powers multiplied out": lambda x, h: 4 * x**3 + 4 * x * h**2,
    },
    mistakes=_wrong_pushes,
    hint_words="Two results of x⁴, one at each end of the push; their difference, over how far the ends lie apart.",
    solution_code="""
def push_slope(x, h):
    return ((x + h) ** 4 - (x - h) ** 4) / (2 * h)
""",
    slips=(
        "return ((x + h) ** 4 - x**4) / h",
        "return ((x + h) ** 4 - (x - h) ** 4) / 2 * h",
        "return 4 * x**3",
    ),
)


def _refuse(x: Tensor) -> None:
    raise RuntimeError("this leaf takes no gradient from `backward`")


def _leaf_with_grad(g: torch.Generator) -> dict[str, Any]:
    "A leaf that `backward` cannot fill, and in half of the cases an old gradient in it."
    x, old, full = draw(g), draw(g), draw_share(g) < 0.5
    x.requires_grad_().register_post_accumulate_grad_hook(_refuse)
    x.grad = old if full else None
    return {"x": x}


def _added(slope: Slope, x: Tensor) -> dict[str, Any]:
    "The old gradient and the slope of x², and x as it was."
    old = 0 if x.grad is None else x.grad
    leaf = x.detach().clone().requires_grad_()
    return {"`x.grad`": slope(_square, x) + old, "`x` itself": leaf}


def _put(grad: Any) -> Callable[[Tensor], None]:
    "A wrong answer: `grad` is put into x.grad."

    def answer(x: Tensor) -> None:
        x.grad = grad

    return answer


def _wrong_walks(leaf: Tensor) -> dict[str, Any]:
    x, found = leaf.detach(), leaf.grad
    old = torch.zeros(()) if found is None else found
    return {
        "does it overwrite the old gradient, where `backward` adds to it?": _put(2 * x),
        "is that x² itself, and not its slope?": _put(x**2 + old),
        "is an old gradient kept as it is, with nothing added?": _put(
            2 * x if found is None else found
        ),
        "is the slope computed, but not stored in `x.grad`?": 2 * x,
        "does the slope carry a record? Take it from `x.detach()`": _put(2 * leaf + old),
        "is that `backward` at work? Put the slope into `x.grad` yourself": lambda x: _square(
            x
        ).backward(),
    }


q3 = Exercise(
    "q3",
    "walk_back",
    inputs=_leaf_with_grad,
    routes=by_slopes(_added),
    mistakes=_wrong_walks,
    hint_words="`x.grad` may be `None` or a tensor; the slope is 2x, taken from `x.detach()`.",
    solution_code="""
def walk_back(x):
    slope = 2 * x.detach()
    x.grad = slope if x.grad is None else x.grad + slope
""",
    slips=(
        "x.grad = 2 * x.detach()",
        "return 2 * x.detach()",
        "slope = 2 * x\nx.grad = slope if x.grad is None else x.grad + slope",
    ),
    result="",
    after=lambda result, x: {"`x.grad`": x.grad, "`x` itself": x},
    changes=("x",),
)


def _walked(g: torch.Generator) -> dict[str, Any]:
    "A leaf with the gradient of w³ in it, and a rate."
    w, lr = draw(g).requires_grad_(), draw_share(g, 0.01, 0.21).item()
    _cube(w).backward()
    return {"w": w, "lr": lr}


def _moved(slope: Slope, w: Tensor, lr: float) -> dict[str, Any]:
    "What `w` should be, and that its gradient is cleared."
    leaf = (w.detach() - lr * slope(_cube, w)).requires_grad_()
    return {"what comes back": leaf, "`w` itself": leaf, "`w.grad`": None}


def _wrong_steps(w: Tensor, lr: float) -> dict[str, Any]:
    def by(move: Any, clear: bool = True) -> Callable[[Tensor, float], Tensor]:
        "A wrong answer: `w` is changed in place by `move`."

        def answer(w: Tensor, lr: float) -> Tensor:
            with torch.no_grad():
                w -= move
            w.grad = None if clear else w.grad
            return w

        return answer

    def recorded(w: Any, lr: float) -> Any:
        w -= lr * w.grad
        return w

    now, grad = w.detach().clone(), torch.as_tensor(w.grad)
    moved = now - lr * grad
    return {
        "does it climb? The gradient points uphill, so it is subtracted": by(-lr * grad),
        "is the old gradient still there, to be added to the next one?": by(lr * grad, clear=False),
        "is `w` subtracted, where its gradient was meant?": by(lr * now),
        "is that a new leaf? `w` itself has to move": moved.clone().requires_grad_(),
        "did autograd watch the step? Put it inside `with torch.no_grad():`": recorded,
        "is that a new tensor, or was `requires_grad` taken from it? Under `no_grad`, `w -= ...` changes the leaf itself": moved,
    }


q4 = Exercise(
    "q4",
    "take_step",
    inputs=_walked,
    routes=by_slopes(_moved),
    mistakes=_wrong_steps,
    hint_words="`w = w - ...` makes a new tensor with a record. What changes a tensor in place, and what tells autograd to look away?",
    solution_code="""
def take_step(w, lr):
    with torch.no_grad():
        w -= lr * w.grad
    w.grad = None
    return w
""",
    result="what comes back",
    after=lambda result, w, lr: {
        "`w` itself": w,
        "`w.grad`": None if w.grad is None or not w.grad.any() else w.grad,
    },
    changes=("w",),
    bug=lambda w, lr: w - lr * w.grad,
    symptom="what comes back is a non-leaf tensor, so the next `backward` leaves nothing in its `.grad`; the old gradient of `w` has to go, too",
)


def _wrong_sums(x: Tensor) -> dict[str, Any]:
    return {
        "was the gradient cleared between the walks, or did only one happen?": 3 * x**2,
        "did three walks add up?": 9 * x**2,
        "is that x³ itself, and not a slope?": x**3,
        "is that the slope of x² twice?": 4 * x,
        "did the power go down by two? The slope of x³ is 3x²": 6 * x,
    }


def _one_record(x: Tensor) -> Any:
    x = x.detach().clone().requires_grad_()
    y = _cube(x)
    y.backward()
    y.backward()
    return x.grad


q5 = Exercise(
    "q5",
    "two_walks",
    inputs=lambda g: {"x": draw(g)},
    routes=by_slopes(lambda slope, x: 2 * slope(_cube, x)),
    mistakes=_wrong_sums,
    hint_words="The first walk frees the record. What makes a new one?",
    solution_code="""
def two_walks(x):
    x = x.clone().requires_grad_()
    y = x**3
    y.backward()
    y = x**3
    y.backward()
    return x.grad
""",
    bug=_one_record,
    symptom="the second walk finds that the record of the first has been freed",
    seen="It stopped the training of DeblurGAN until 2018 (KupynOrest/DeblurGAN#91 on GitHub).",
    repairs=(("    y.backward()\n    return", "    (x**3).backward()\n    return"),),
)
