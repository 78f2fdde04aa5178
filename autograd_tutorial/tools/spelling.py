"PyTorch's spelling of what follows from other operations: minus, division, steps in place."

from typing import Any

import numpy as np

__all__ = ["LikeTorch"]


class LikeTorch:
    "What a tensor can do besides, once it can add, multiply, negate and raise to a power."

    __sub__, __rsub__ = (lambda x, y: x + -y), (lambda x, y: -x + y)
    __truediv__, __rtruediv__ = (lambda x, y: x * y**-1.0), (lambda x, y: x**-1.0 * y)
    __iadd__, __isub__ = (lambda x, y: x.copy_(x + y)), (lambda x, y: x.copy_(x - y))
    __imul__, __itruediv__ = (lambda x, y: x.copy_(x * y)), (lambda x, y: x.copy_(x / y))
    __ipow__, __imatmul__ = (lambda x, y: x.copy_(x**y)), (lambda x, y: x.copy_(x @ y))

    def copy_(self: Any, other: Any) -> Any:
        "Take over the numbers of `other`; `RuntimeError` where that would be recorded."
        if not self.paused and (self.requires_grad or other.requires_grad):
            raise RuntimeError("in place only inside no_grad: write c = c - a")
        self.data[...] = other.data.reshape(self.shape)
        return self

    def detach(self: Any) -> Any:
        return type(self)(self.data)

    def clone(self: Any) -> Any:
        return 1.0 * self

    def item(self: Any) -> float:
        return float(self.data.item())

    def __bool__(self: Any) -> bool:
        return bool(self.data)

    def numel(self: Any) -> int:
        return int(self.data.size)

    def __repr__(self: Any) -> str:
        mode = "fixed" if (np.nan_to_num(self.data) % 1).any() else "maxprec_equal"
        look: Any = dict(precision=4, separator=", ", prefix="tensor(", floatmode=mode)
        made = f", grad_fn=<{self.name}>" if self.name else ", requires_grad=True"
        shown = np.array2string(self.data, **look)
        return f"tensor({shown}{made if self.requires_grad else ''})"
