"Runs that may be killed: a file that holds the steps so far, and loops that go on from it."

from __future__ import annotations

import os
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from autograd_tutorial.core.checks import check_whole

__all__ = ["Checkpoint"]  # what readers call
Identity = dict[str, Any]  # what a run was given, by name: it is another where any of it differs


class Checkpoint:
    "A file to save to, and to go on from where all but the model is as it was; `TypeError` or `ValueError` on bad input."

    def __init__(
        self,
        path: str | os.PathLike[str],  # of the file, in a folder that exists
        every: int = 10,  # steps between two saves, >= 1
    ):
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"checkpoint must be the name of a file, got {path!r}")
        self.path, self.every = Path(path).absolute(), check_whole(every, "every", 1)
        if self.path.is_dir() or not self.path.parent.is_dir():
            got = os.fspath(path)
            raise ValueError(f"checkpoint must be a file in a folder that exists, got {got!r}")
        self.part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")  # this run's alone
        self.run: Identity = {}  # known once that has begun

    def save(self, losses: list[float], params: Tensor) -> None:
        "All or nothing: whoever is killed on the way leaves the old file whole."
        with open(self.part, "wb") as file:
            torch.save(dict(identity=self.run, losses=losses, params=params.detach().cpu()), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.part, self.path)

    def load(self) -> tuple[list[float], Tensor] | None:
        "The losses and params so far; `ValueError` if they are of another run."
        if not self.path.exists():
            return None
        try:
            held = torch.load(self.path, map_location="cpu", weights_only=True)
            losses, params = list(held["losses"]), held["params"]
            differ = " and ".join(differing(held["identity"], self.run))
        except Exception as error:
            got = f"{self.path}: {getattr(error, 'strerror', None) or 'it holds something else'}"
            wanted = "checkpoint must be a file that fit_distributed wrote"
            raise ValueError(f"{wanted}, got {got}") from None
        if differ:
            cure = "params and the rest must be those that it began with; else take another name"
            other = f"is of another run: other {differ}; to go on, {cure}, or remove the file"
            raise ValueError(f"checkpoint {self.path} {other}")
        return losses, params


def differing(one: Identity, other: Identity) -> list[str]:
    "The names of what differs; a loss may by rounding, since another machine may go on."

    def same(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            a, b = torch.tensor(a), torch.tensor(b)
            return torch.allclose(a, b, rtol=1e-5, atol=0, equal_nan=True)
        return bool(a == b)

    return [name for name, value in other.items() if not same(one[name], value)]


def resumed(
    params: Tensor,  # the start, in each worker the same; put to where the checkpoint ends
    checkpoint: Checkpoint | None,
) -> list[float]:
    "The losses so far, in each worker: worker 0 has the file."
    held = [checkpoint.load() if checkpoint and dist.get_rank() == 0 else None]
    dist.broadcast_object_list(held, device=torch.device("cpu"))
    losses, after = held[0] or ([], params)
    with torch.no_grad():
        params.copy_(after)
    return losses


def saved_steps(
    steps: int,  # how many in all
    params: Tensor,  # put back to before a step that is not finite
    losses: list[float],  # so far; the loop appends to it
    checkpoint: Checkpoint | None,
) -> Iterator[int]:
    "Count on to `steps`, and save; end where a step is not finite."
    for step in range(len(losses) + 1, steps + 1):
        before = params.detach().clone()
        yield step
        if not (isfinite(losses[-1]) and params.isfinite().all()):
            losses.pop()
            with torch.no_grad():
                params.copy_(before)
            return
        is_due = checkpoint and (step % checkpoint.every == 0 or step == steps)
        if checkpoint and is_due and dist.get_rank() == 0:
            checkpoint.save(losses, params)
