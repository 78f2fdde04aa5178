"What a loop gets wrong although every slope is right."

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from torch.utils._pytree import tree_map

from autograd_tutorial.tools.diagnosis.findings import Finding

Grads = Mapping[str, Tensor | None]  # None: no way leads to that tensor
_FAR = 1e6  # what layers, or a slope and its loss, should not be apart
_ENDED = "has a schedule come to its end?"
_RUNNING = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm)


def check_optimizers(given: Any) -> list[Optimizer]:
    "One optimiser or several as a list; `TypeError` if it is anything else."
    several = [] if given is None else [given] if isinstance(given, Optimizer) else given
    if not isinstance(several, Sequence) or not all(isinstance(o, Optimizer) for o in several):
        wanted = "optimizer must be one of torch.optim, or a list of them"
        raise TypeError(f"{wanted}, got {type(given).__name__}")
    return list(several)


def held(optimizers: list[Optimizer]) -> set[int]:
    "The ids of all tensors that they step."
    return {id(p) for _, group in _groups(optimizers) for p in group["params"]}


def _groups(optimizers: list[Optimizer]) -> list[tuple[Optimizer, dict[str, Any]]]:
    return [(each, group) for each in optimizers for group in each.param_groups]


def what_is_held(optimizers: list[Optimizer], tensors: Mapping[str, Tensor]) -> Iterator[Finding]:
    "Params that no optimiser holds."
    ours = held(optimizers)
    learning = {name: p for name, p in tensors.items() if p.requires_grad}
    missing = [name for name, p in learning.items() if id(p) not in ours]
    if optimizers and missing:
        others = len(ours - {id(p) for p in tensors.values()})
        what = f"no optimiser holds {len(missing)} of {len(learning)} params"
        what += f", and {others} tensors are held that are none" if others else ""
        sure = "certain" if len(missing) == len(learning) else "likely" if others else "possible"
        do = "make it after the model is built, from the model that you train"
        yield Finding(what, do, listed(missing), sure)


def wrong_rates(optimizers: list[Optimizer]) -> Iterator[Finding]:
    "Rates that move nothing, or everything, by what is known without the loss."
    for each, group in _groups(optimizers):
        matrices = [p.detach() for p in group["params"] if p.dim() > 1 and p.numel()]
        size = max((float(p.abs().mean()) for p in matrices), default=math.nan)  # of a number
        lr = float(group["lr"])
        by_rate = isinstance(each, (Adam, AdamW, RMSprop))  # moves numbers by about the rate
        if by_rate and lr > 0.5 and lr > 3 * size:
            what = f"the learning rate {lr:.4g} is past the size of the weights, {size:.2g}"
            do = f"{type(each).__name__} moves numbers by about that in each step: try 0.001"
            yield Finding(what, do, "optimizer", "likely")
        if not _sets_out(each) and (lr == 0 or (by_rate and lr < 1e-7 * size)):
            yield Finding(f"a learning rate is {lr:.4g}", _ENDED, "optimizer", "possible")
        if group.get("maximize"):
            what = "an optimiser has maximize=True"
            yield Finding(what, "is it to climb?", "optimizer", "possible")


def _sets_out(optimizer: Optimizer) -> bool:
    "Whether a schedule holds it that may begin with a small rate."
    stepped = getattr(optimizer, "_opt_called", False) or getattr(optimizer, "_step_count", 0)
    return "initial_lr" in optimizer.param_groups[0] and not stepped


def swamped(
    optimizers: list[Optimizer], tensors: Mapping[str, Tensor], grads: Grads
) -> Iterator[Finding]:
    "Weight decay that pulls ten times as hard as the loss."
    slopes = {id(tensors[name]): g for name, g in grads.items() if g is not None}
    for each, group in _groups(optimizers):
        ps = [p for p in group["params"] if id(p) in slopes]
        pull, push = (group.get("weight_decay") or 0) * norm(ps), norm([slopes[id(p)] for p in ps])
        if group.get("decoupled_weight_decay", isinstance(each, AdamW)):
            push = sum(p.numel() for p in ps) ** 0.5  # each slope counts as 1
        if pull > 10 * push > 0:
            what = f"weight decay pulls {pull / push:.2g} times as hard as the loss"
            yield Finding(what, "try 0.01 or less", "optimizer", "possible")


def norm(tensors: Iterable[Tensor]) -> float:
    return math.hypot(*(float(each.detach().norm()) for each in tensors))


def what_is_frozen(optimizers: list[Optimizer], tensors: Mapping[str, Tensor]) -> Iterator[Finding]:
    "Layers that are frozen while others learn, unless the optimisers leave them out, too."
    frozen = {name: p for name, p in tensors.items() if not p.requires_grad}
    meant = optimizers and held(optimizers).isdisjoint(map(id, frozen.values()))
    if 0 < len(frozen) < len(tensors) and not meant:
        what = f"{len(frozen)} of {len(tensors)} params are frozen"
        do = "as in fine-tuning? Else call requires_grad_()"
        yield Finding(what, do, listed([*frozen]), "possible")


def wrong_modes(modules: list[nn.Module], drops: str) -> Iterator[Finding]:
    "Dropout and BatchNorm that are at rest while others learn, or at work while they rest."
    resting = [module for module in modules if not module.training]
    if modules and len(resting) == len(modules):
        if names := sorted({type(each).__name__ for each in resting if isinstance(each, _RUNNING)}):
            what = f"the model is in eval mode, and with it {' and '.join(names)}"
            do = "while you train, call model.train() first"
            yield Finding(what, do, "model.eval()", "possible")
        if drops:
            what = "dropout is at work though the model is in eval mode"
            yield Finding(what, "give it training=self.training", drops, "likely")
        return
    for each in resting:
        fresh = getattr(each, "num_batches_tracked", torch.ones(1))
        learns = any(p.requires_grad for p in each.parameters(recurse=False))
        if learns and fresh is not None and not fresh.any():
            what = f"{type(each).__name__} is in eval mode, and has seen no batch yet"
            do = "call model.train() first, or load what it has seen"
            yield Finding(what, do, "model", "possible")
            return


def wrong_sizes(grads: Grads, nudged: Grads, loss: Tensor) -> Iterator[Finding]:
    "Gradients of early layers that are all but 0 beside later ones, also after a nudge; huge ones."
    sizes = {
        name: [float(each.abs().max()) for each in (grad, other)]
        for name, grad in grads.items()
        if grad is not None and grad.numel() and (other := nudged.get(name)) is not None
    }
    weights = [name for name in sizes if (g := grads[name]) is not None and g.dim() > 1]
    if len(weights) > 1:
        first, last = weights[0], weights[-1]
        early, late = sizes[first], sizes[last]
        if early[0] > 0 and all(_FAR * e < la for e, la in zip(early, late, strict=True)):
            what = f"the gradient of {first} is all but 0, {early[0]:.1g}"
            do = "other activations, a better start, norms, or ways around (x + layer(x))"
            yield Finding(f"{what}, and {late[0]:.1g} at {last}", do, first, "likely")
    name, (most, _) = max(sizes.items(), key=lambda item: item[1][0], default=("", (0.0, 0.0)))
    if most > _FAR * max(1.0, float(loss.abs())) or most > _FAR**2:
        what = f"the gradient explodes: {most:.1g} at {name}, with a loss of {float(loss):.4g}"
        yield Finding(what, "scale inputs and first weights, or clip the gradient", name, "likely")


def twin_units(model: nn.Module | None, grads: Grads) -> Iterator[Finding]:
    "Layers whose units begin alike and learn alike, so that all of them stay one."
    most = max([float(g.abs().max()) for g in grads.values() if g is not None and g.numel()] + [0])
    for name, layer in model.named_modules() if model else ():
        grad = grads.get(f"{name}.weight".lstrip("."))
        if not isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)) or grad is None:
            continue
        start = [each.detach() for each in (layer.weight, layer.bias) if each is not None]
        alike = _alike(grad, most) and all(_alike(each, 1.0) for each in start)
        if len(grad) > 1 and grad.any() and alike:
            what = f"all {len(grad)} units of {name} are the same, and so are their gradients"
            yield Finding(what, "draw its weights at random", f"{name}.weight", "likely")
            return


def _alike(rows: Tensor, scale: float) -> bool:
    "Whether rows are the same, but for rounding."
    far = (rows - rows[0]).abs().max()
    return bool(far <= 1e-5 * rows.abs().max()) or bool(far <= 1e-7 * scale)


def past_the_edge(
    optimizers: list[Optimizer], tensors: Mapping[str, Tensor], loss: Tensor, end: float
) -> Iterator[Finding]:
    "Rates of plain SGD beyond 2/λ, λ being what power iteration finds of the largest curvature."
    learning = {id(p): p for p in tensors.values() if p.requires_grad}
    for o in (o for o in optimizers if type(o) is SGD):
        ours = [p for group in o.param_groups for p in group["params"] if id(p) in learning]
        lr, momentum = (float(o.param_groups[0][key]) for key in ("lr", "momentum"))
        curvature = _largest_curvature(loss, ours, end) if ours else 0.0
        edge = 2 * (1 + momentum) / curvature if curvature > 0 else math.inf
        if 0 < lr < 1e-6 * edge < math.inf and not _sets_out(o):
            what = f"the learning rate {lr:.4g} is far below the edge, {edge:.4g}"
            yield Finding(what, _ENDED, "optimizer", "possible")
        if lr > edge:
            what = f"the learning rate {lr:.4g} is past the edge, {edge:.4g}"
            sure = "likely" if lr > 2 * edge else "possible"
            yield Finding(what, "take less than half of that edge", "optimizer", sure)


def _largest_curvature(loss: Tensor, tensors: list[Tensor], end: float) -> float:
    "A curvature of the loss, in 20 steps near the largest; 0 where it cannot be derived twice."
    curvature, done = 0.0, 0
    try:
        grads = torch.autograd.grad(loss.sum(), tensors, create_graph=True, allow_unused=True)
        bent = [(p, g) for p, g in zip(tensors, grads, strict=True) if g is not None]
        ps, gs = zip(*((p, g) for p, g in bent if g.requires_grad), strict=True)
        u = [g.detach() for g in gs]
        while done < 20 and not (done and time.monotonic() > end):
            size, done = norm(u), done + 1
            u = [each / size for each in u]
            Hu = torch.autograd.grad(gs, ps, u, retain_graph=True, materialize_grads=True)
            bends = sum(float((a * b).sum()) for a, b in zip(u, Hu, strict=True))
            curvature, u = max(curvature, bends), list(Hu)
    except (RuntimeError, ValueError, ZeroDivisionError):
        return 0.0
    return curvature


def other_batch(given: Any, changed: list[Tensor]) -> Any:
    "Other numbers of the same kind, which `changed` counts: floats move, others change places."

    def other(x: Any) -> Any:
        if not isinstance(x, Tensor):
            return x
        changed.append(x)
        g = torch.Generator().manual_seed(0)
        if x.is_floating_point():
            noise = torch.randn(x.shape, generator=g).to(x)
            return 1.1 * x + 0.1 * noise * max(1.0, float(x.detach().abs().mean()))
        return x.flatten()[torch.randperm(x.numel(), generator=g).to(x.device)].view(x.shape)

    return tree_map(other, given)


def listed(names: list[str]) -> str:
    "Up to three names, and how many more."
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
