"""One line of help instead of a traceback three calls down."""

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any
from warnings import warn

import torch
from torch import Tensor

FLOATS = (torch.float32, torch.float64)  # what can be trained without losing digits
SIGNED = (torch.int8, torch.int16, torch.int32, torch.int64)
WHOLES = (*SIGNED, torch.uint8, torch.uint16, torch.uint32, torch.uint64)
SINCE = ": use seconds since the first"
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
    dtype: torch.dtype | None = None,  # of what it must go with, for the advice
) -> None:
    "`TypeError` unless `value` is a float tensor; `ValueError` if it has nan or inf."
    if not isinstance(value, Tensor):
        cure = _made_tensor(value, name, dtype)
        raise TypeError(f"{name} must be a tensor, got {type(value).__name__}{cure}")
    dtype = dtype if dtype in FLOATS else None
    _check_dense(value, name, dtype)
    if value.dtype not in FLOATS:
        part = ".real" if value.is_complex() else ""
        cure = f"{name}{part}.to({dtype})" if dtype else f"{part}.float()"
        got = f"{value.dtype}: use {cure}"
        raise TypeError(f"{name} must be float32 or float64, got {got}")
    bad = ~value.isfinite()
    if bad.any():
        first = tuple(bad.nonzero()[0].tolist())
        where = f" at index {first[0] if len(first) == 1 else first}" if first else ""
        told = f"{int(bad.sum())} nan or inf in it: {value[first].item()}{where}"
        raise ValueError(f"{name} must be finite, got {told}")


def _made_tensor(value: Any, name: str, dtype: torch.dtype | None, more: str = "") -> str:
    "How it becomes a tensor, in code, if it can."
    module = isinstance(value, torch.nn.Module)
    plain = isinstance(value, (list, tuple)) or not hasattr(value, "__len__")
    if module or (_has_parts(value) and value):
        parts = f"{name}.parameters()" if module else name
        flat = f"torch.nn.utils.parameters_to_vector({parts}).detach().to({dtype or torch.float32})"
        return f": use {flat}{'.requires_grad_()' if more else ''}"
    try:
        torch.tensor(value if plain else [*value], dtype=torch.float64)
    except Exception:  # None, words, lists of many lengths, what has its own `__iter__`
        return ""
    made = name if plain else f"[*{name}]"
    return f": use torch.tensor({made}, dtype={dtype or torch.float32}{more})"


def _has_parts(params: Any) -> bool:
    "Whether it is a list of tensors."
    return isinstance(params, (list, tuple)) and all(isinstance(p, Tensor) for p in params)


def _check_dense(value: Tensor, name: str, dtype: torch.dtype | None) -> None:
    "`TypeError` unless each number has a place of its own in memory."
    kind = "" if dtype in (None, value.dtype) else f".to({dtype})"
    kinds = {
        f"sparse: use {name}.to_dense(){kind}": value.layout != torch.strided
        and not value.is_nested,
        f"quantized: use {name}.dequantize(){kind}": value.is_quantized,
        f"nested: use torch.cat({name}.unbind()){kind}": value.is_nested,
        "on the meta device, which holds no numbers": value.is_meta,
    }
    for what, is_it in kinds.items():
        if is_it:
            raise TypeError(f"{name} must be a dense tensor, got one that is {what}")


def as_points(
    value: Any,  # numbers in a tensor, a list, a range, an array, a Series
    name: str,  # its name in the message
    dtype: torch.dtype | None = None,  # None: the default one
) -> Tensor:  # a float tensor as it is; else one of that type, or float64, with a warning
    "The numbers as a tensor; `TypeError` if there are none. Which float type it has is left to checks."
    if isinstance(value, Tensor):
        plain = value.layout == torch.strided and not value.is_nested
        if plain and value.is_floating_point() and value.element_size() > 1:
            return value.resolve_neg()
        if value.dtype not in WHOLES:
            check_float_tensor(value, name, dtype)
        _check_dense(value, name, dtype)
        wide = torch.from_numpy(_as_array(value.cpu().numpy(), name)).to(value.device)
    else:
        wide = torch.from_numpy(_as_array(value, name))
    kind = dtype or torch.get_default_dtype()
    short = wide.to(kind if kind in FLOATS else torch.float32)
    if not _runs_together(wide, short):
        return short
    warn(f"{name} stays float64: float32 would run its numbers together", stacklevel=2)
    return wide


def _as_array(value: Any, name: str) -> Any:  # of float64, a copy
    import numpy as np

    kind = type(value).__name__
    wanted = f"{name} must be numbers in a tensor, a list or an array"
    unordered = (str, bytes, dict, set, frozenset)
    if isinstance(value, unordered) or not hasattr(value, "__len__"):
        raise TypeError(f"{wanted}, got {kind}")
    if isinstance(value, (list, tuple)):  # numpy takes no tensor that requires gradients
        value = [each.tolist() if isinstance(each, Tensor) else each for each in value]
    try:
        array = np.asarray(value)
        exact = array.ravel().tolist()
        if array.dtype.kind == "O":
            flat = [check_real(each, f"{name}[{i}]") for i, each in enumerate(exact)]
            array = np.reshape(flat, array.shape)
    except (ValueError, RuntimeError) as error:  # lists of many lengths, recorded tensors
        raise TypeError(f"{wanted}, got {kind} ({error})") from error
    if array.dtype.kind not in "iuf" and array.size:
        cure = SINCE if array.dtype.kind in "mM" else ""
        raise TypeError(f"{wanted}, got {kind} of {array.dtype}{cure}")
    array = array.astype(np.float64)
    top = np.abs(array).max(initial=0)
    if 2**53 < top < math.inf and len({*exact}) > len(np.unique(array)):
        raise ValueError(
            f"{name} must stay apart in float64, got too many digits: subtract the first"
        )
    if np.ma.is_masked(value):
        array[np.ma.getmaskarray(value)] = math.nan
    return array


def check_real(value: Any, name: str) -> float:
    "`value` as a float, which may be nan; `TypeError` if it is no number."
    try:
        if isinstance(value, (str, bytes, bool)):
            raise TypeError
        return _as_float(value)
    except (TypeError, ValueError):
        cure = SINCE if hasattr(value, "isoformat") or hasattr(value, "total_seconds") else ""
        raise TypeError(f"{name} must be a number, got {value!r}{cure}") from None


def _runs_together(wide: Tensor, short: Tensor) -> bool:
    "Whether rounding makes one number of several, or moves some by a millionth of the spread."
    known = wide.isfinite()
    if not known.any() or torch.equal(wide[known], short[known].double()):
        return False
    moved = (wide - short.double())[known].abs().max()
    lost = len(wide[known].unique()) - len(short[known].unique())
    spread = wide[known].max() - wide[known].min()
    return bool(lost > wide.numel() / 1000 or (spread > 0 and moved > 1e-6 * spread))


def check_one_dtype(
    dtype: torch.dtype,  # which of theirs is to be that of all
    **tensors: Tensor,  # each under its own name
) -> None:
    "`TypeError` unless all are of one float type: mixed ones lose digits in silence."
    kinds = {name: str(value.dtype) for name, value in tensors.items()}
    if len(set(kinds.values())) > 1:
        odd = {name: each for name, each in tensors.items() if each.dtype != dtype}
        leaves = {name for name, each in odd.items() if each.is_leaf and each.requires_grad}
        cures = [
            f"{name}.detach().to({dtype}).requires_grad_()"
            if name in leaves
            else f"{name}.to({dtype})"
            for name in odd
        ]
        wanted = f"{' and '.join(kinds)} must have one dtype"
        raise TypeError(f"{wanted}, got {kinds}: use {' and '.join(cures)}")


def check_points(
    value: Any,  # one number for each point
    name: str,  # its name in the message
    dtype: torch.dtype | None = None,  # of what they go with, for the advice
) -> None:
    "`TypeError` or `ValueError` unless `value` is finite, float and (n,) with n >= 2."
    check_float_tensor(value, name, dtype)
    shape = tuple(value.shape)
    if len(shape) != 1 or shape[0] < 2:
        raise ValueError(f"{name} must have shape (n,) with n >= 2, got {shape}")


def check_data(
    time: Any,  # (n,) the seconds at which speed was measured
    speed: Any,  # (n,) the speeds in metres a second
    **other: Any,  # what goes with them, as params: a float tensor sets the float type
) -> tuple[Tensor, Tensor]:  # the same as tensors, see `as_points`
    "`TypeError` or `ValueError` unless both are finite numbers of one float type, and (n,) with n >= 2."
    came = [_float_type(each) for each in (time, speed, *other.values())]
    best = next(filter(None, came[::-1]), None)  # that of the others first
    time, speed = as_points(time, "time", best), as_points(speed, "speed", best)
    if not (came[0] and came[1]) and torch.float64 in (time.dtype, speed.dtype):
        time, speed = (each.double() if _float_type(each) else each for each in (time, speed))
    time, speed = (each.clone() if each.is_inference() else each for each in (time, speed))
    check_points(time, "time", best)
    check_points(speed, "speed", best)
    if time.dtype != speed.dtype:
        wide = time if time.dtype == torch.float64 else speed
        narrow = torch.float32 in came[2:] and not _runs_together(wide, wide.float())
        best = torch.float32 if narrow else torch.float64
        odd = {name: each for name, each in other.items() if _float_type(each) not in (None, best)}
        check_one_dtype(best, time=time, speed=speed, **odd)
    if time.shape != speed.shape:
        shapes = f"{tuple(time.shape)} and {tuple(speed.shape)}"
        raise ValueError(f"time and speed must have one shape, got {shapes}")
    return time, speed


def _float_type(value: Any) -> torch.dtype | None:
    known = isinstance(value, Tensor) and value.dtype in FLOATS
    return value.dtype if known else None


def check_times(
    time: Any,  # (n,) in s
) -> Tensor:  # the same, float64, nobody's record
    "`TypeError` or `ValueError` unless `time` is finite and (n,), its fourth powers too."
    time = as_points(time, "time")
    check_points(time, "time")
    at: Tensor = time.detach().double()
    check_float_tensor((2 * at**4).sum(), "the Hessian over these times")
    return at


def check_preds(
    preds: Any,  # (n,) what a model says, in m/s
    time: Any,  # (n,) in s
    speed: Any,  # (n,) what was measured, in m/s
) -> tuple[Tensor, Tensor, Tensor]:  # the same as tensors
    "`TypeError` or `ValueError` unless all are finite and (n,) with n >= 2."
    time, speed = check_data(time, speed, preds=preds)
    preds = as_points(preds, "preds", speed.dtype)
    check_float_tensor(preds, "preds")
    check_same_shape(preds, speed)
    return preds, time, speed


def check_three(
    params: Any,  # a, b, c of the quadratic
    time: Any = None,  # what they go with, for the advice
) -> Iterable[Tensor]:  # the same, to unpack
    "`TypeError` unless `params` is a tensor; `ValueError` unless its shape is (3,)."
    if not isinstance(params, Tensor):
        cure = _made_tensor(params, "params", _float_type(time))
        cure = ": use torch.stack(params)" if _has_parts(params) else cure
        raise TypeError(f"params must be a tensor, got {type(params).__name__}{cure}")
    if params.shape != (3,):
        shape = tuple(params.shape)
        raise ValueError(f"params must have shape (3,) for a, b, c, got {shape}")
    return params


def check_curve(
    time: Any,  # (n,) in s
    params: Any,  # a, b, c of the quadratic
) -> tuple[Tensor, ...]:  # time as a tensor, a, b, c
    "`TypeError` or `ValueError` unless there is a quadratic over these times."
    a, b, c = check_three(params, time)
    if hasattr(time, "dtype") or not isinstance(time, Tensor):  # lesson 6's tensors are ready
        time = as_points(time, "time", params.dtype)
        if time.dtype not in (*FLOATS, params.dtype):
            check_float_tensor(time, "time", _float_type(params))
    return time, a, b, c


def check_leaf(
    params: Any,  # of any shape: a leaf that requires gradients
    time: Tensor | None = None,  # what it is trained on, whose float type it must have
) -> None:
    "`TypeError` or `ValueError` unless `params` can be stepped in place."
    dtype = _float_type(time) or _float_type(params) or torch.float32
    if not isinstance(params, Tensor):
        cure = _made_tensor(params, "params", dtype, ", requires_grad=True")
        raise TypeError(f"params must be a tensor, got {type(params).__name__}{cure}")
    kind = "" if params.dtype == dtype else f".to({dtype})"
    kind = f".real{kind}" if params.is_complex() else kind
    cure = f"params.detach(){kind}.clone().requires_grad_()"
    if params.dtype not in FLOATS:
        raise TypeError(f"params must be float32 or float64, got {params.dtype}: use {cure}")
    if params.dtype != dtype:
        kinds = {"params": str(params.dtype), "time": str(dtype)}
        raise TypeError(f"params and time must have one dtype, got {kinds}: use {cure}")
    check_float_tensor(params, "params")
    if not params.is_leaf:
        got = "got the result of an operation"
        raise ValueError(f"params must be a leaf, {got}: use {cure}")
    if 0 in params.stride():
        raise ValueError(f"params must hold numbers of its own: use {cure}")
    if not params.requires_grad:
        raise ValueError("params must require gradients: call params.requires_grad_()")


def check_same_shape(
    preds: Any,  # (n,) what the model says
    targets: Any,  # (n,) what was measured
) -> tuple[Tensor, Tensor]:  # the same as tensors
    "`TypeError` or `ValueError` unless both are numbers of one shape, not empty."
    if hasattr(preds, "dtype") or not isinstance(preds, Tensor):  # lesson 6's tensors are ready
        preds = as_points(preds, "preds", _float_type(targets))
    if hasattr(targets, "dtype") or not isinstance(targets, Tensor):
        targets = as_points(targets, "targets", preds.dtype)
    if preds.shape != targets.shape or not preds.numel():
        shapes = f"{tuple(preds.shape)} and {tuple(targets.shape)}"
        wanted = "preds and targets must have one shape and not be empty"
        raise ValueError(f"{wanted}, got {shapes}")
    return preds, targets


def check_stretch(
    preds: Any,  # what the model says
    targets: Tensor,  # (n,)
) -> Any:  # the same
    "`ValueError` where a loss may stretch preds in silence, as (n, 1) or (); (n, 2) is its to take."
    if isinstance(preds, Tensor) and preds.shape != targets.shape:
        n, shape = tuple(targets.shape), tuple(preds.shape)
        if preds.numel() <= targets.numel():
            cure = ": use .flatten()" if preds.numel() == targets.numel() else ""
            raise ValueError(f"model must give {n}, as targets have, got preds {shape}{cure}")
    return preds


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
