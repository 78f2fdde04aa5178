"PyTorch's spelling of what follows from other operations: minus, division, steps in place; and what it refuses."

import re
from numbers import Number, Real
from typing import Any

import numpy as np

__all__ = ["LikeTorch"]


def are_numbers(values: Any) -> bool:
    "Whether each can meet a tensor: a list, say, must be made one first."
    return all(isinstance(each, (LikeTorch, Number, np.ndarray, np.bool_)) for each in values)


def as_number(n: Any) -> float:
    "An exponent; `TypeError` if it is not a single number: no rule leads back to it."
    single = isinstance(n, (np.ndarray, np.bool_)) and n.ndim == 0 and n.dtype.kind in "biuf"
    if not (single or isinstance(n, Real)):
        raise TypeError(f"an exponent must be a number, got {n!r}")
    return float(n)


def as_dim(dim: Any, keepdim: Any, ndim: int) -> tuple[int, ...] | None:
    "What numpy calls axis; `TypeError` if `keepdim` is not True or False."
    if not isinstance(keepdim, (bool, np.bool_)):
        raise TypeError(
            f"keepdim must be True or False, got {keepdim!r}: dim takes (0, 1) for both"
        )
    several = tuple(dim) if isinstance(dim, (list, tuple)) else () if dim is None else (dim,)
    return None if several == () or (not ndim and several in ((0,), (-1,))) else several


def as_index(index: Any) -> Any:
    "The same; `IndexError` where PyTorch reads it in another way than numpy."
    kinds = "".join(map(_kind, index if isinstance(index, tuple) else (index,)))
    nested = isinstance(index, list) and np.ndim(index) > 1
    if nested or re.search("x|i.*[se].*[lm]|[se].*[lm].*[se].*i|m.*e|e.*m", kinds):
        raise IndexError("numpy and PyTorch read it differently: pick in two steps")
    return index


def _kind(index: Any) -> str:
    "s: a slice or None; e: three dots; i: one place; l: several; m: a mask of more dimensions."
    if index is None or index is ... or isinstance(index, slice):
        return "e" if index is ... else "s"
    array = np.asarray(index)
    if array.dtype == np.uint8 and array.ndim:
        return "x"  # for PyTorch a mask
    if array.dtype == bool and not array.ndim:
        return "l" if isinstance(index, bool) else "x"
    return "il"[array.ndim] if array.ndim < 2 else "lm"[array.dtype == bool]


def _numbers(x: Any, dtype: Any = None, copy: Any = None) -> Any:
    "What numpy asks for; where that would lose a record, an array of tensors."
    if x.requires_grad:
        kept = np.empty(x.shape, object)
        for place in np.ndindex(x.shape):
            kept[place] = x[place]
        return kept
    return np.array(x.data, dtype) if copy or dtype else x.data


def _state(x: Any) -> Any:
    "What a copy of a leaf has; `RuntimeError` for a result, as its record is not copied."
    if not x.is_leaf:
        raise RuntimeError("a result cannot be copied with its record: detach() or clone() it")
    return vars(x)


def _compared(other: Any) -> Any:
    "The numbers of a tensor, also of PyTorch's; None where there are none."
    known = are_numbers([other]) or (hasattr(other, "__array__") and not isinstance(other, str))
    return np.asarray(getattr(other, "data", other)) if known else None


def _written(x: Any, other: Any) -> Any:
    "What goes into `x` in place; `RuntimeError` where that would be recorded."
    if not isinstance(other, (LikeTorch, Number)):
        raise TypeError(f"copy_ takes a tensor or a number, got {type(other).__name__}")
    if not x.paused and (x.requires_grad or getattr(other, "requires_grad", False)):
        raise RuntimeError("in place only inside no_grad: write c = c - a")
    numbers: Any = vars(other)["data"] if isinstance(other, LikeTorch) else other
    return np.broadcast_to(numbers, x.shape)


class LikeTorch:
    "What a tensor can do besides, once it can add, multiply, negate and raise to a power."

    __sub__, __rsub__ = (lambda x, y: x + -y), (lambda x, y: -x + y)
    __truediv__, __rtruediv__ = (lambda x, y: x * y**-1.0), (lambda x, y: x**-1.0 * y)
    __iadd__, __isub__ = (lambda x, y: x.copy_(x + y)), (lambda x, y: x.copy_(x - y))
    __imul__, __itruediv__ = (lambda x, y: x.copy_(x * y)), (lambda x, y: x.copy_(x / y))
    __ipow__, __ne__ = (lambda x, y: x.copy_(x**y)), (lambda x, y: np.logical_not(x == y))
    __hash__, __iter__ = object.__hash__, (lambda x: map(x.__getitem__, range(len(x.data))))
    __contains__, numel = (lambda x, y: (x == y + 0).any()), (lambda x: x.data.size)
    detach, clone = (lambda x: type(x)(x.data)), (lambda x: 1.0 * x)
    item, __bool__ = (lambda x: float(x.data.item())), (lambda x: bool(x.data))
    __array__, __getstate__, __rmatmul__ = _numbers, _state, lambda x, y: type(x).__matmul__(y, x)

    def __eq__(self: Any, other: Any) -> Any:
        theirs = _compared(other)
        return NotImplemented if theirs is None else np.equal(self.data, theirs)

    def copy_(self: Any, other: Any) -> Any:
        "Take over the numbers of `other`; `RuntimeError` where that would be recorded."
        self.data[...] = _written(self, other)
        return self

    def __repr__(self: Any) -> str:
        whole = "e" not in np.array2string(self.data) and not (np.nan_to_num(self.data) % 1).any()
        mode: Any = "maxprec_equal" if whole else "fixed"
        made = f", grad_fn=<{self.name}>" if self.name else ", requires_grad=True"
        shown = np.array2string(self.data, None, 4, None, ", ", "tensor(", floatmode=mode)
        return f"tensor({shown}{made if self.requires_grad else ''})"
