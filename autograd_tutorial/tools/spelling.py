"PyTorch's spelling of what follows from other operations: minus, division, steps in place."

from numbers import Number
from typing import Any

import numpy as np

__all__ = ["LikeTorch"]


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

    def __eq__(self: Any, other: Any) -> Any:
        known = isinstance(other, (LikeTorch, Number, np.ndarray))
        return np.equal(self.data, getattr(other, "data", other)) if known else NotImplemented

    def copy_(self: Any, other: Any) -> Any:
        "Take over the numbers of `other`; `RuntimeError` where that would be recorded."
        if not self.paused and (self.requires_grad or other.requires_grad):
            raise RuntimeError("in place only inside no_grad: write c = c - a")
        self.data[...] = np.broadcast_to(other.data, self.shape)
        return self

    def __repr__(self: Any) -> str:
        mode: Any = "fixed" if (np.nan_to_num(self.data) % 1).any() else "maxprec_equal"
        made = f", grad_fn=<{self.name}>" if self.name else ", requires_grad=True"
        shown = np.array2string(self.data, None, 4, None, ", ", "tensor(", floatmode=mode)
        return f"tensor({shown}{made if self.requires_grad else ''})"
