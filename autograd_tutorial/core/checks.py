"""One line of help instead of a traceback three calls down."""

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor

FLOATS = (torch.float32, torch.float64)  # what can be trained without losing digits
UNUSED = "loss_fn must lead back to params, but it does not use preds"
UNRECORDED = "loss_fn must lead back to params, but autograd recorded nothing: is it detached, or under no_grad?"


def check_number(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
    positive: bool = False,  # refuse zero and less
) -> float:  # the same number
    "`value` as a float; `TypeError` if it is no number, `ValueError` if out of range."
    wanted = f"{name} must be a finite number{' > 0' if positive else ''}, got"
    if isinstance(value, Tensor) and value.numel() == 1 and value.dtype != torch.bool:
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{wanted} {value!r}")
    number = _as_float(value)
    if not math.isfinite(number) or (positive and number <= 0):
        raise ValueError(f"{wanted} {number!r}")
    return number


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf


def check_whole(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
    least: int = 0,  # the lowest that will do
    most: int | None = None,  # None: there is no end
) -> int:  # the same number
    "`value` as an int; `TypeError` if it is not whole, `ValueError` if out of range."
    span = f">= {least}" if most is None else f"from {least} to {most}"
    wanted = f"{name} must be a whole number {span}, got {value!r}"
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(wanted)
    number = int(value)
    if number < least or (most is not None and number > most):
        raise ValueError(wanted)
    return number


def check_float_tensor(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
) -> None:
    "`TypeError` unless `value` is a float tensor; `ValueError` if it has nan or inf."
    if not isinstance(value, Tensor):
        kind = type(value).__name__
        raise TypeError(f"{name} must be a tensor, got {kind}: use torch.tensor")
    if value.dtype not in FLOATS:
        got = value.dtype
        raise TypeError(f"{name} must be float32 or float64, got {got}: use .float()")
    if not value.isfinite().all():
        bad = int((~value.isfinite()).sum())
        raise ValueError(f"{name} must be finite, got {bad} nan or inf in it")


def check_one_dtype(
    **tensors: Tensor,  # each under its own name
) -> None:
    "`TypeError` unless all are of one float type: mixed ones lose digits in silence."
    kinds = {name: str(value.dtype) for name, value in tensors.items()}
    if len(set(kinds.values())) > 1:
        raise TypeError(f"{' and '.join(kinds)} must have one dtype, got {kinds}")


def check_points(
    value: Any,  # one number for each point
    name: str,  # its name in the message
) -> None:
    "`TypeError` or `ValueError` unless `value` is finite, float and (n,) with n >= 2."
    check_float_tensor(value, name)
    shape = tuple(value.shape)
    if len(shape) != 1 or shape[0] < 2:
        raise ValueError(f"{name} must have shape (n,) with n >= 2, got {shape}")


def check_data(
    time: Any,  # (n,) the seconds at which speed was measured
    speed: Any,  # (n,) the speeds in metres a second
) -> None:
    "`TypeError` or `ValueError` unless both are finite, float and (n,) with n >= 2."
    check_points(time, "time")
    check_points(speed, "speed")
    check_one_dtype(time=time, speed=speed)
    if time.shape != speed.shape:
        shapes = f"{tuple(time.shape)} and {tuple(speed.shape)}"
        raise ValueError(f"time and speed must have one shape, got {shapes}")


def check_times(
    time: Any,  # (n,) in s
) -> Tensor:  # the same, float64, nobody's record
    "`TypeError` or `ValueError` unless `time` is finite, float and (n,), its fourth powers too."
    check_points(time, "time")
    at: Tensor = time.detach().double()
    check_float_tensor((2 * at**4).sum(), "the Hessian over these times")
    return at


def check_preds(
    preds: Any,  # (n,) what a model says, in m/s
    time: Any,  # (n,) in s
    speed: Any,  # (n,) what was measured, in m/s
) -> None:
    "`TypeError` or `ValueError` unless all are finite, float and (n,) with n >= 2."
    check_data(time, speed)
    check_float_tensor(preds, "preds")
    check_same_shape(preds, speed)


def check_three(
    params: Any,  # a, b, c of the quadratic
) -> Iterable[Tensor]:  # the same, to unpack
    "`TypeError` unless `params` is a tensor; `ValueError` unless its shape is (3,)."
    if not isinstance(params, Tensor):
        kind = type(params).__name__
        raise TypeError(f"params must be a tensor, got {kind}: use torch.tensor")
    if params.shape != (3,):
        shape = tuple(params.shape)
        raise ValueError(f"params must have shape (3,) for a, b, c, got {shape}")
    return params


def check_leaf(
    params: Any,  # of any shape: a leaf that requires gradients
) -> None:
    "`TypeError` or `ValueError` unless `params` can be stepped in place."
    check_float_tensor(params, "params")
    if not params.requires_grad:
        raise ValueError("params must require gradients: call params.requires_grad_()")
    if not params.is_leaf:
        got = "got the result of an operation"
        cure = "params.detach().clone().requires_grad_()"
        raise ValueError(f"params must be a leaf, {got}: use {cure}")
    if 0 in params.stride():
        raise ValueError("params must hold numbers of its own: use .clone()")


def check_same_shape(
    preds: Tensor,  # (n,) what the model says
    targets: Tensor,  # (n,) what was measured
) -> None:
    "`TypeError` or `ValueError` unless both are tensors of one shape, not empty."
    for name, value in (("preds", preds), ("targets", targets)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(value).__name__}")
    if preds.shape != targets.shape or not preds.numel():
        shapes = f"{tuple(preds.shape)} and {tuple(targets.shape)}"
        wanted = "preds and targets must have one shape and not be empty"
        raise ValueError(f"{wanted}, got {shapes}")


def check_function(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
) -> None:
    "`TypeError` unless `value` can be called."
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {value!r}")


def check_generator(
    value: Any,  # what the caller gave
) -> None:
    "`TypeError` unless `value` is a torch.Generator."
    if not isinstance(value, torch.Generator):
        cure = "use torch.Generator().manual_seed(42)"
        raise TypeError(f"generator must be a torch.Generator, got {value!r}: {cure}")


def check_loss(
    loss: Any,  # what the loss function returned
) -> Tensor:  # the same, ()
    "`TypeError` or `ValueError` unless `loss` is a tensor with one number, shape ()."
    if not isinstance(loss, Tensor) or not loss.is_floating_point():
        raise TypeError(f"loss_fn must return a float tensor, got {loss!r}")
    if loss.shape != ():
        shape = tuple(loss.shape)
        wanted = "loss_fn must return one number"
        raise ValueError(f"{wanted}, got shape {shape}: use .mean()")
    return loss


def check_recorded(
    loss: Tensor,  # what the loss function returned
) -> Tensor:  # the same
    "`ValueError` unless autograd recorded how the loss came about."
    if not loss.requires_grad:
        raise ValueError(UNRECORDED)
    return loss


def gradient(
    loss: Tensor,  # what to differentiate; its shape does not matter, its sum does
    params: Tensor,  # with respect to what
) -> Tensor:  # params' shape
    "d(sum of loss)/d(params), stored nowhere; `ValueError` if no record leads there."
    (grad,) = torch.autograd.grad(check_recorded(loss).sum(), params, allow_unused=True)
    if grad is None:
        raise ValueError(UNUSED)
    return grad


def check_ax(
    ax: Any,  # a matplotlib Axes, or None
) -> None:
    "`TypeError` unless `ax` is a matplotlib Axes or None."
    from matplotlib.axes import Axes

    if ax is not None and not isinstance(ax, Axes):
        name = type(ax).__name__
        raise TypeError(f"ax must be a matplotlib Axes or None, got {name}")
