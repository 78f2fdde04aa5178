"Functions of one result, at places that are pushed a little."

from collections.abc import Callable

import torch
from torch import Tensor

from autograd_tutorial.core.checks import check_float_tensor, check_function, check_number


def check_push(
    f: Callable[[Tensor], Tensor],  # to one number
    x: Tensor | float,  # where, any shape
    h: float,  # the push
) -> tuple[Tensor, float]:  # x in float64, nobody's record; h
    "`TypeError` or `ValueError` unless `f` can be called, `x` is finite and `h` > 0."
    check_function(f, "f")
    h = check_number(h, "h", positive=True)
    if not isinstance(x, Tensor):
        return torch.tensor(check_number(x, "x"), dtype=torch.float64), h
    check_float_tensor(x, "x")
    return x.detach().double().contiguous(), h


def number_at(
    f: Callable[[Tensor], Tensor],  # to one number
    x: Tensor,  # where
) -> float:
    "f(x) without a record; `TypeError` or `ValueError` unless it is one finite number."
    with torch.no_grad():
        y = f(x)
    if isinstance(y, Tensor) and y.numel() != 1:
        shape = tuple(y.shape)
        raise ValueError(
            f"f must return one number, got shape {shape}: reduce it, for instance with .sum()"
        )
    return check_number(y, "what f returns")
