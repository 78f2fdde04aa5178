"Slopes by autograd beside those by pushing."

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor


class _Slope(NamedTuple):
    "A slope by pushing both ways."

    value: float
    noise: float  # how much of it may be rounding
    bend: float  # how far the slopes to the right and to the left part


class Pushed:
    "A tensor to push: along which directions, and how the loss answers."

    def __init__(
        self,
        name: str,
        p: Tensor,
        grad: Tensor | None,
        loss: Callable[[Tensor, Tensor], float],  # where the tensor holds these numbers
        middle: float,  # the loss where nothing is pushed
        eps: float,  # of the coarsest floats on the way
        held: Any,  # an index of what is not to be pushed; None: nothing
    ):
        self.name, self.p, self.grad, self.loss, self.middle = name, p, grad, loss, middle
        self.eps, self.held = eps, held
        self.walked = torch.zeros_like(p) if grad is None else grad
        self.flat = not self.walked.any()  # as far as it is known
        self.wrong, self.lost, self.tried = "", False, 0

    @property
    def is_flat(self) -> bool:
        return self.flat and self.tried > 0 and not self.wrong

    def directions(self) -> Iterator[tuple[str, Tensor]]:
        "All places, where there are more than eight: uphill, at random; then up to eight."
        shape, count = self.p.shape, self.p.numel()
        if count > 8:
            g = torch.Generator().manual_seed(0)
            signs = 2.0 * torch.randint(0, 2, shape, generator=g).to(self.p) - 1
            uphill = self.walked.sign()
            yield ", all places together", torch.where(uphill == 0, signs, uphill)
            yield ", all places together", signs
        for i in torch.linspace(0, count - 1, min(count, 8)).round().long() if count else []:
            one = self.p.new_zeros(count)
            one[i] = 1
            place = str([int(at) for at in torch.unravel_index(i, shape)]) if shape else ""
            yield place, one.view(shape)

    def compare(self) -> Iterator[None]:
        "Push along one direction after the other, until `wrong` says where the slopes differ."
        for place, direction in self.directions():
            if self.held is not None:
                direction[self.held] = 0
            self.tried += 1
            direction /= direction.norm().clamp_min(1e-12)
            by_autograd, slope = float((self.walked * direction).sum()), self.slope(direction)
            self.flat = self.flat and slope.bend <= 2 * slope.noise
            differs = _differ(by_autograd, slope.value, 0.05, slope.noise + 3 * slope.bend)
            if differs and self._confirms(direction, slope):
                self.lost = by_autograd == 0
                said = (
                    "no way leads to it" if self.grad is None else f"its slope is {by_autograd:.4g}"
                )
                self.wrong = (
                    f"{self.name}{place}: autograd says {said}, a push says {slope.value:.4g}"
                )
                return
            yield

    def slope(self, direction: Tensor, size: float = 1.0) -> _Slope:
        "That along `direction`, by central differences over `size` times the usual push."
        start = self.p.detach().clone()
        h = size * self.eps ** (1 / 3) * max(1.0, float((start * direction).norm()))
        up, down = (self.loss(self.p, start + push * direction) for push in (h, -h))
        right, left = (up - self.middle) / h, (self.middle - down) / h
        noise = 32 * self.eps * max(abs(up), abs(down)) / h
        return _Slope((right + left) / 2, noise, abs(right - left))

    def _confirms(self, direction: Tensor, slope: _Slope) -> bool:
        "Whether a push of an eighth and one of eight times the length say the same."
        short, far = (self.slope(direction, size) for size in (1 / 8, 8.0))
        same = not any(
            _differ(other.value, slope.value, 0.03, slope.noise + other.noise)
            for other in (short, far)
        )
        return same and short.bend <= 0.2 * abs(slope.value) + 2 * short.noise


def _differ(one: float, other: float, share: float, noise: float) -> bool:
    return abs(one - other) > share * max(abs(one), abs(other)) + noise


def push_all(tensors: list[Pushed], seconds: float) -> None:
    "Push each in its turn, until all directions are tried or time is up."
    end = time.monotonic() + seconds
    left = deque(each.compare() for each in tensors)
    while left and time.monotonic() < end:
        one = left.popleft()
        if next(one, one) is None:
            left.append(one)
