"What a reader gives to be looked at: taken in, and judged at first sight."

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from autograd_tutorial.tools.diagnosis.findings import Finding


def tensors_by_name(params: Any) -> dict[str, Tensor]:
    "`params` as a dict; `TypeError` unless it holds tensors, `ValueError` if none."
    if isinstance(params, Tensor):
        return {"params": params}
    if isinstance(params, nn.Module):
        tensors: dict[str, Tensor] = dict(params.named_parameters())
    elif isinstance(params, Mapping):
        tensors = dict(params)
    elif isinstance(params, Sequence) and not isinstance(params, str):
        tensors = {f"params[{i}]": p for i, p in enumerate(params)}
    else:
        cures = {Iterator: ": use list(...)", float: ": use torch.tensor(...)"}
        cure = "".join(words for kind, words in cures.items() if isinstance(params, kind))
        wanted = "params must be a model, a tensor, or a list or a dict of tensors"
        raise TypeError(f"{wanted}, got {type(params).__name__}{cure}")
    for name, p in tensors.items():
        if not isinstance(p, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(p).__name__}: use torch.tensor")
        if nn.parameter.is_lazy(p):
            raise ValueError(f"{name} must have a shape, but is made by the first call: call first")
    if not tensors:
        raise ValueError("params must hold one tensor or more, got none")
    return tensors


def takes_nothing(loss_fn: Callable[..., Any]) -> bool:
    "Whether a function is to be called without an argument."
    try:
        takes = inspect.signature(loss_fn).parameters.values()
    except (TypeError, ValueError):
        return False
    return not any(p.kind <= p.VAR_POSITIONAL and p.kind != p.KEYWORD_ONLY for p in takes)


def wrong_from_the_start(p: Tensor, learning: bool) -> tuple[str, str] | None:
    "What is wrong, to be said after a name, and what to do."
    if p.is_complex():
        return " is complex, and is not pushed", "give its real and its imaginary part"
    if not p.requires_grad and learning:
        return None
    if not p.is_floating_point():
        kind = str(p.dtype).removeprefix("torch.")
        return f" holds {kind}, which has no slopes", "use .float()"
    if not p.requires_grad:
        return " asks for no gradient", "call requires_grad_()"
    if p.grad_fn is not None and not p.retains_grad:
        what = f"a non-leaf tensor, the result of {p.grad_fn.name()}, so its .grad stays None"
        return f" is {what}", "step the leaf in place, under no_grad"
    if p.grad is not None and p.grad.to_dense().any():
        return ".grad is not cleared, and backward adds to it", "set it to None"
    return None


def wrong_loss(loss: Any, broken: str, line: str) -> list[Finding]:
    "Why no walk back can start at `loss`; empty if one can."
    if not isinstance(loss, Tensor):
        what, do = f"the loss is a {type(loss).__name__}, not a tensor", "it has no record"
    elif not loss.requires_grad:
        what, do = "the loss has no record", "no param with a gradient leads to it"
    elif loss.numel() != 1:
        what = f"the loss has shape {tuple(loss.shape)}, where one number is needed"
        do = "use .mean()"
    elif not loss.isfinite():
        what = f"the loss is {loss.item()}" + (f", which began with {broken}" if broken else "")
        return [Finding(what, "look for a log of 0 or a division by 0", line or "loss_fn")]
    else:
        return []
    return [Finding(what, do, "loss_fn")]
