"What stands around the loops that share points: whose are which, and a function that each worker runs."

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from math import isclose, isfinite
from typing import Any, ParamSpec
from warnings import warn

import torch
import torch.distributed as dist
from torch import Tensor

from autograd_tutorial.core.checks import (
    check_data,
    check_leaf,
    check_number,
    check_three,
    check_whole,
)
from autograd_tutorial.core.problem import Loss, Model, check_problem
from autograd_tutorial.core.steps import bound
from autograd_tutorial.fit import mse, quadratic
from autograd_tutorial.tools.checkpoints import Checkpoint, Identity, differing
from autograd_tutorial.tools.workers import (
    check_sendable,
    in_group,
    launch,
    process_group,
    worker_device,
)

Args = ParamSpec("Args")


def check_split(points: Any, workers: Any) -> tuple[int, int]:
    "Both as they are; `TypeError` or `ValueError` unless each worker can have a point."
    points, workers = check_whole(points, "points", 1), check_whole(workers, "workers", 1)
    if workers > points:
        raise ValueError(f"workers must be at most {points}, one for each point, got {workers}")
    return points, workers


def _check_shares(shares: Any, points: int, workers: int | None = None) -> list[int]:
    if not isinstance(shares, (list, tuple)) or not shares:
        raise TypeError(f"shares must be a list, one whole number a worker, got {shares!r}")
    sizes = [check_whole(each, f"shares[{rank}]", 1) for rank, each in enumerate(shares)]
    if sum(sizes) != points:
        told = f"{sizes}, which is {sum(sizes)}"
        raise ValueError(f"shares must add up to the {points} points, got {told}")
    if workers not in (None, len(sizes)):
        told = f"{len(sizes)}: {sizes}"
        raise ValueError(f"shares must be one for each of {workers} workers, got {told}")
    return sizes


def check_gradients(
    params: Any,  # (P,)
    time: Any,  # (n,) in s
    speed: Any,  # (n,) in m/s
    shares: Any,  # (workers,)
    loss_fn: Any = mse,  # of (preds, targets)
    model: Any = quadratic,  # of (time, params)
) -> tuple[Tensor, Tensor, list[int]]:  # time and speed as tensors, see `as_points`; the shares
    "`TypeError` or `ValueError` unless there is a gradient, and all points are shared out."
    time, speed = check_problem(time, speed, params, loss_fn, model)
    return time, speed, _check_shares(shares, len(time))


def check_rank(
    *given: Any,  # params, time, speed, shares: see `check_gradients`
) -> tuple[Tensor, Tensor, int]:  # time and speed as tensors; which of the workers this is
    "`TypeError` or `ValueError` unless this is a worker, and has a share."
    if not dist.is_initialized():
        cure = "as launch(all_reduce_gradient, 2, ...)"
        raise ValueError(f"all_reduce_gradient must run inside launch, {cure}, got one process")
    time, speed, shares = check_gradients(*given)
    _check_shares(shares, sum(shares), dist.get_world_size())
    return time, speed, dist.get_rank()


def check_line(
    workers: Any,  # how many
    size: Any,  # in bytes
    latency: Any,  # in seconds
    bandwidth: Any,  # in bytes a second
) -> tuple[int, float, float, float]:
    "All as they are; `TypeError` or `ValueError` unless each is > 0."
    size = check_number(size, "size", positive=True)
    latency = check_number(latency, "latency", positive=True)
    bandwidth = check_number(bandwidth, "bandwidth", positive=True)
    return check_whole(workers, "workers", 1), size, latency, bandwidth


def own_share(
    time: Tensor,  # (N,) in s
    speed: Tensor,  # (N,) in m/s
    shares: Any,  # (workers,) how many points each takes
) -> tuple[Tensor, Tensor, float]:  # (n,) and (n,), this worker's; what its loss is multiplied by
    "This worker's points, and their weight where a plain mean over the workers follows."
    rank = dist.get_rank()
    weight = shares[rank] * len(shares) / len(time)
    return time.split(shares)[rank], speed.split(shares)[rank], weight


def mean_of_workers(
    value: Tensor,  # () in each worker
) -> float:  # in all the same
    "The plain mean over all workers."
    total = value.detach().clone()
    dist.all_reduce(total)
    return total.item() / dist.get_world_size()


def by_workers(
    function: Callable[Args, Tensor],  # of what `fit_distributed` is given
) -> Callable[Args, Tensor]:
    "Refuse bad input, run the function in each worker, step params once all are done."

    @wraps(function)
    def checked(*args: Args.args, **more: Args.kwargs) -> Tensor:
        job = bound(function, args, more).arguments
        params = job["params"]
        run = _check_job(job)
        try:
            if in_group():
                with process_group():
                    losses, after = _in_worker(function, job, run)
            else:
                losses, after = launch(_in_worker, len(job["shares"]), function, job, run)[0]
        finally:
            if job["checkpoint"]:
                job["checkpoint"].part.unlink(missing_ok=True)
        with torch.no_grad():
            params.copy_(after)
        params.grad = None
        if len(losses) < job["steps"]:
            why = f"lr {job['lr']:g} is too large, or params, data or loss_fn are off"
            would = f"step {len(losses) + 1}: the loss or the params would no longer be finite"
            warn(f"fit_distributed stopped at {would}: {why}", RuntimeWarning, stacklevel=2)
        return losses.to(params.device)

    return checked


def _in_worker(
    function: Callable[..., Tensor], job: dict[str, Any], run: Identity
) -> tuple[Tensor, Tensor]:
    "The losses, and the params at the end; `ValueError` unless all workers were given the same."
    given: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(given, dict(run, steps=job["steps"]))
    others = [" and ".join(differing(each, given[0])) for each in given]
    told = [f"worker {rank} has other {names}" for rank, names in enumerate(others) if names]
    if told:
        wanted = "all workers must be given the same as worker 0"
        raise ValueError(f"{wanted}, but {', '.join(told)}")
    data = {name: job[name].to(worker_device()) for name in ("params", "time", "speed")}
    losses = function(**dict(job, **data))
    return losses.cpu(), data["params"].cpu()


def _check_job(job: dict[str, Any]) -> Identity:
    "Check each argument of `fit_distributed` under its name, in place; what makes it this run."
    job["lr"] = check_number(job["lr"], "lr", positive=True)
    job["steps"] = check_whole(job["steps"], "steps")
    check_sendable(model=job["model"], loss_fn=job["loss_fn"])
    job["time"], job["speed"] = check_data(job["time"], job["speed"], params=job["params"])
    check_leaf(job["params"], job["time"])
    if job["model"] is quadratic:
        check_three(job["params"])
    problem = [job[name] for name in ("time", "speed", "params", "loss_fn", "model")]
    check_problem(*problem)
    job["shares"] = _check_dealt(job["shares"], job["time"])
    loss = _check_mean(job["shares"], *problem)
    data = {name: job[name].detach().cpu().clone() for name in ("time", "speed", "params")}
    job.update(data)
    digests = {name: sha256(each.numpy().tobytes()).hexdigest() for name, each in data.items()}
    run = dict(digests, lr=job["lr"], shares=job["shares"], loss=loss)
    checkpoint = job["checkpoint"]
    if checkpoint is not None:
        if not isinstance(checkpoint, Checkpoint):
            raise TypeError(f"checkpoint must be a Checkpoint or None, got {checkpoint!r}")
        checkpoint.run = run
        so_far, _ = checkpoint.load() or ([], None)  # refused here, before anything starts
        if len(so_far) > job["steps"]:
            held = f"the {len(so_far)} that checkpoint {checkpoint.path} holds"
            raise ValueError(f"steps must be at least {held}, got {job['steps']}")
    return run


def _check_dealt(shares: Any, time: Tensor) -> list[int]:
    "How many points each worker takes: as given, or as even as can be."
    present = int(os.environ["WORLD_SIZE"]) if in_group() else None
    if shares is not None:
        return _check_shares(shares, len(time), present)
    _, workers = check_split(len(time), present or 2)
    return [len(part) for part in time.tensor_split(workers)]


def _check_mean(
    shares: list[int], time: Tensor, speed: Tensor, params: Tensor, loss_fn: Loss, model: Model
) -> float:
    "The loss at the start; `ValueError` unless it is the mean of those of shares, each by its weight."

    def mean(sizes: list[int]) -> float:
        parts = zip(time.split(sizes), speed.split(sizes), strict=True)
        return sum(len(t) / len(time) * loss_fn(model(t, params), s).item() for t, s in parts)

    with torch.no_grad():
        whole, *others = map(mean, ([len(time)], shares, [1, len(time) - 1]))
    for found in others:
        if isfinite(whole) and not isclose(found, whole, rel_tol=1e-4, abs_tol=1e-12):
            what = f"over all it is {whole:.6g}, and the mean over shares is {found:.6g}"
            cure = "take mse for rmse, a mean for a sum"
            raise ValueError(f"loss_fn must be a mean over points, but {what}: {cure}")
    return whole
