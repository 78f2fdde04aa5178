"Slopes by autograd beside those by pushing."

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor


class _Slope(NamedTuple):
    "A slope by pushing both ways."

    value: float
    noise: float  # how much of it may be rounding
    bend: float  # how far the slopes to the right and to the left part


@dataclass(frozen=True)
class Slopes:
    "A tensor and what autograd says of it."

    name: str
    p: Tensor
    grad: Tensor | None  # None: no way leads to it
    held: Any = None  # an index of what is not to be pushed


class Pushed:
    "Tensors to push together: along which directions, and how the loss answers."

    def __init__(
        self,
        parts: Sequence[Slopes],
        loss: Callable[[Sequence[Tensor], Sequence[Tensor]], float],  # where those hold these
        middle: float,  # the loss where nothing is pushed
        eps: float,  # of the coarsest floats on the way
    ):
        self.parts, self.loss, self.middle, self.eps = parts, loss, middle, eps
        self.names = [one.name for one in parts]
        self.start = _flat([one.p.detach() for one in parts])
        grads = [torch.zeros_like(one.p) if one.grad is None else one.grad for one in parts]
        self.walked = _flat(grads)
        held = [torch.ones_like(one.p) for one in parts]
        for one, mask in zip(parts, held, strict=True):
            if one.held is not None:
                mask[one.held] = 0
        self.moves = _flat(held)
        self.flat = not self.walked.any()  # as far as it is known
        self.wrong, self.lost, self.tried = "", False, 0

    def directions(self) -> Iterator[tuple[str, Tensor]]:
        "All places, where there are more than eight: uphill, at random; then up to eight."
        count, shape = self.start.numel(), self.parts[0].p.shape
        if count > 8:
            g = torch.Generator().manual_seed(0)
            signs = 2.0 * torch.randint(0, 2, (count,), generator=g).to(self.start) - 1
            uphill = self.walked.sign()
            yield ", all places together", torch.where(uphill == 0, signs, uphill)
            yield ", all places together", signs
        if len(self.parts) > 1:
            return
        for i in torch.linspace(0, count - 1, min(count, 8)).round().long() if count else []:
            one = torch.zeros_like(self.start)
            one[i] = 1
            yield str([int(at) for at in torch.unravel_index(i, shape)]) if shape else "", one

    def compare(self) -> Iterator[None]:
        "Push along one direction after the other, until `wrong` says where the slopes differ."
        for place, direction in self.directions():
            self.tried += 1
            direction = direction * self.moves
            direction /= direction.norm().clamp_min(1e-12)
            by_autograd, slope = float((self.walked * direction).sum()), self.slope(direction)
            self.flat = self.flat and slope.bend <= 2 * slope.noise
            differs = _differ(by_autograd, slope.value, 0.05, slope.noise + 3 * slope.bend)
            if differs and self._confirms(direction, slope):
                self.flat, self.lost = False, by_autograd == 0
                unknown = all(one.grad is None for one in self.parts)
                said = "no way leads to it" if unknown else f"its slope is {by_autograd:.4g}"
                name = " ... ".join(dict.fromkeys((self.names[0], self.names[-1])))
                self.wrong = f"{name}{place}: autograd says {said}, a push says {slope.value:.4g}"
                return
            yield

    def slope(self, direction: Tensor, size: float = 1.0) -> _Slope:
        "That along `direction`, by central differences over `size` times the usual push."
        h = size * self.eps ** (1 / 3) * max(1.0, float((self.start * direction).norm()))
        up, down = (self._loss_at(self.start + push * direction) for push in (h, -h))
        right, left = (up - self.middle) / h, (self.middle - down) / h
        noise = 32 * self.eps * max(abs(up), abs(down)) / h
        return _Slope((right + left) / 2, noise, abs(right - left))

    def _loss_at(self, numbers: Tensor) -> float:
        ps = [one.p for one in self.parts]
        pieces = numbers.split([p.numel() for p in ps])
        return self.loss(ps, [piece.view(p.shape) for piece, p in zip(pieces, ps, strict=True)])

    def _confirms(self, direction: Tensor, slope: _Slope) -> bool:
        "Whether a push of an eighth and one of eight times the length say the same."
        short, far = (self.slope(direction, size) for size in (1 / 8, 8.0))
        for other in (short, far):
            if _differ(other.value, slope.value, 0.03, slope.noise + other.noise):
                return False
        return short.bend <= 0.2 * abs(slope.value) + 2 * short.noise


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([each.flatten() for each in tensors])


def _differ(one: float, other: float, share: float, noise: float) -> bool:
    return abs(one - other) > share * max(abs(one), abs(other)) + noise


def push_all(tensors: list[Pushed], end: float) -> None:
    "Push each in its turn, until all directions are tried or it is `end` by time.monotonic."
    left = deque(each.compare() for each in tensors)
    while left and time.monotonic() < end:
        one = left.popleft()
        if next(one, one) is None:
            left.append(one)
