"What lesson 10 builds a `Learner` of fastai from: checks, loaders, a loss. Loads fastai only where it is called."

from __future__ import annotations

import random
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from autograd_tutorial.core.checks import check_function, check_loss, check_number, check_whole
from autograd_tutorial.core.problem import Loss, check_vector
from autograd_tutorial.fit import quadratic
from autograd_tutorial.optimizers import Descent
from autograd_tutorial.pictures.start import starting_point
from autograd_tutorial.tools.requirements import Missing

if TYPE_CHECKING:
    from fastai.basics import DataLoaders, Learner


def need_fastai() -> None:
    "Load fastai, with `lr_find` and `fit_one_cycle`; without it, `ImportError` with what to install."
    if find_spec("fastai") is None:
        raise Missing("This needs fastai: run %pip install fastai, and then this cell again")
    import_module("fastai.callback.schedule")  # gives a Learner these two


def check_module(
    params: Any,  # (P,)
    model: Any,  # of (time, params)
) -> None:
    "`TypeError` or `ValueError` unless these make a Module."
    check_function(model, "model")
    check_vector(params)


def check_learner(
    lr: Any,  # learning rate, > 0
    loss_fn: Any,  # of (preds, targets)
    opt_func: Any,  # makes an optimizer of fastai; or None
    dls: Any,  # DataLoaders, or None
    batch_size: Any,  # None, where there are `dls`
) -> None:
    "`TypeError` or `ValueError` unless a Learner can be made with these; `ImportError` without fastai."
    check_number(lr, "lr", positive=True)
    check_function(loss_fn, "loss_fn")
    _check_opt(opt_func)
    need_fastai()
    from fastai.basics import DataLoaders

    if dls is not None and not isinstance(dls, DataLoaders):
        raise TypeError(
            f"dls must be DataLoaders of fastai, got {type(dls).__name__}:"
            " use DataLoaders(train, valid)"
        )
    if dls is not None and batch_size is not None:
        raise ValueError("batch_size must be None with dls, which have their own")


def _check_opt(opt_func: Any) -> None:
    if opt_func is None:
        return
    check_function(opt_func, "opt_func")
    kind = getattr(opt_func, "func", opt_func)  # of a partial
    if isinstance(kind, type) and issubclass(kind, (torch.optim.Optimizer, Descent)):
        cure = (
            f"partial(OptimWrapper, opt=torch.optim.{kind.__name__})"
            if issubclass(kind, torch.optim.Optimizer)
            else f"fastai.basics.{'Adam' if kind.__name__ == 'Adam' else 'SGD'}"
        )
        raise TypeError(
            "opt_func must make an optimizer of fastai,"
            f" got {kind.__module__}.{kind.__name__}: use {cure}"
        )


def points_and_start(
    time: Any,  # (n,) in s; None is what `make_data` gives
    speed: Any,  # (n,) in m/s; given with `time`
    params: Any,  # (P,); None is the article's start, in the float type of the data
    model: Any,  # of (time, params); or a Module, which brings its params
    dls: Any,  # None, where time and speed are given
) -> tuple[Tensor, Tensor, Tensor]:
    "Time, speed and params to learn from; `TypeError` or `ValueError` on bad input."
    if isinstance(model, type):
        raise TypeError(
            f"model must be a function or a Module, got the class {model.__name__}:"
            f" call it, {model.__name__}()"
        )
    if dls is not None and (time is not None or speed is not None):
        raise ValueError("give time and speed, or dls in their place: not both")
    if isinstance(model, nn.Module):
        if params is not None:
            raise ValueError("params must be None with a Module, which brings its own")
        if not any(each.requires_grad for each in model.parameters()):
            raise ValueError(f"model must have params to train, got none in {type(model).__name__}")
        model = quadratic  # its start goes unused
    return starting_point(time, speed, params, model)


def make_loaders(
    time: Tensor,  # (n,) in s
    speed: Tensor,  # (n,) in m/s
    batch_size: int | None,  # points in a batch, shuffled, from 1 to n; None: all, in order
    seed: int,  # of the shuffling, >= 0
) -> DataLoaders:  # batches to learn from; all points, to be judged by
    "The points in two loaders, with generators of their own; `TypeError` or `ValueError`."
    from fastai.basics import DataLoader, DataLoaders

    count = len(time)
    size = count if batch_size is None else check_whole(batch_size, "batch_size", 1, count)
    seed = check_whole(seed, "seed", most=2**63 - 1)
    points, state = TensorDataset(time, speed), random.getstate()
    train = DataLoader(points, bs=size, shuffle=batch_size is not None, device=time.device)
    whole = DataLoader(points, bs=count, device=time.device)
    random.setstate(state)  # each has drawn from Python's global generator
    for loader in (train, whole):
        loader.rng = random.Random(seed)  # shuffles
        # PyTorch draws from this one at each epoch, or else from the global one
        loader.fake_l.generator = torch.Generator().manual_seed(seed)
    return DataLoaders(train, whole, device=time.device)


def in_float32(
    loss_fn: Loss,  # of (preds, targets)
) -> Loss:
    "The same loss, for a Recorder, which averages in float32 and breaks off at a float64."

    @wraps(loss_fn)
    def shortened(preds: Tensor, targets: Tensor) -> Tensor:
        return check_loss(loss_fn(preds, targets)).float()

    return shortened


def silence(
    learn: Learner,
) -> Learner:  # the same
    "No bar and no table from here on."
    from fastai.callback.progress import ProgressCallback

    learn.remove_cbs(ProgressCallback)
    learn.logger = lambda *_: None
    return learn
