"What numbers stand for (shares, their logs, classes), and who takes them for something else."

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from math import inf
from typing import Any, NamedTuple

from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

_SHARES = ("softmax", "sigmoid")
_REACH = dict(softmax=(0, 1), sigmoid=(0, 1), tanh=(-1, 1), relu=(0, inf))
_LOG_SHARES = ("cross_entropy", "nll_loss", "kl_div")  # the first takes logs by itself
_LAYERS = ("linear", "conv1d", "conv2d", "conv3d")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_AGAIN = {"cross_entropy": "softmax", "log_softmax": "softmax", _BINARY[1]: "sigmoid"}
_KEEPS = re.compile(r"clone|contiguous|float|double|half|to|type|clamp\w*|clip|add|__add__")
_MOVES = re.compile(r"squeeze|flatten|view|reshape|transpose|permute|t|T|__getitem__")
_DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


class _Meant(NamedTuple):
    kind: str
    dim: int | None = None  # along which a softmax sums to 1, while that is known


class Meanings:
    "What is known of tensors by the functions that made them."

    def __init__(self) -> None:
        self.of: MutableMapping[Tensor, _Meant] = WeakTensorKeyDictionary()

    def note(self, made: Tensor, name: str, args: Any, kwargs: Any, given: list[Tensor]) -> None:
        "What `made` is, after a function of that name."
        before = self.of.get(given[0]) if len(given) == 1 else None
        name = name.rstrip("_") if not name.startswith("_") else name
        if name in ("softmax", "log_softmax"):
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            dim = (0 if made.dim() in (0, 1, 3) else 1) if dim is None else dim
            self.of[made] = _Meant(name, dim % max(1, made.dim()))
        elif name in ("sigmoid", "logsigmoid", "tanh", "relu"):
            self.of[made] = _Meant(name)
        elif before and name == "log" and before.kind == "softmax":
            self.of[made] = _Meant("log_softmax", before.dim)
        elif before and _KEEPS.fullmatch(name):
            self.of[made] = before
        elif before and _MOVES.fullmatch(name):
            self.of[made] = _Meant(before.kind)
        elif len(given) == 1 and name in ("float", "double", "to", "type") and _whole(given[0]):
            self.of[made] = _Meant("classes")

    def misread(self, name: str, args: Any, kwargs: Any) -> Iterator[tuple[str, str, str]]:
        "What a function takes for something else: a sentence, what to do, how sure."
        given = [*args, *kwargs.values()]
        if not given or not isinstance(given[0], Tensor):
            return
        first, second = given[0], given[1] if len(given) > 1 else None
        if name in ("mul", "__mul__", "__rmul__") and isinstance(second, Tensor):
            first, second = (second, first) if second in self.of else (first, second)
        kind, dim = self.of.get(first, _Meant(""))
        if not kind and name in _LOG_SHARES and _are_shares(first.detach()):
            kind = "softmax"
        if name in _AGAIN and kind in _SHARES:
            said = f"{name} is given what {kind} made, and takes {_AGAIN[name]} of it"
            yield said, f"leave out the first {kind}", "likely"
        if name in _LOG_SHARES[1:]:
            if kind in _SHARES:
                said = f"{name} is given what {kind} made, and wants logs"
                yield said, f"use log_{kind}", "likely"
            elif bool((first.detach() > 0.1).any()):
                yield f"{name} is given numbers above 0, no logs", "use log_softmax", "possible"
        if kind in ("tanh", "sigmoid") and name in _LAYERS:
            low = 0.005 if kind == "sigmoid" else -0.995
            share = ((first < low) | (first > 0.995)).double().mean().item()
            if share > 0.8:
                said = f"{100 * share:.0f}% of what {kind} gives to {name} is at an end"
                do = "its slope is 0 there: scale what comes in, or begin with smaller weights"
                yield said, do, "possible"
        if name in (*_BINARY, *_DISTANCES) and isinstance(second, Tensor) and second.numel():
            yield from _out_of_reach(name, kind, first.detach(), second.detach(), kwargs)
            swapped = second.requires_grad and not first.requires_grad
            if swapped and name in _BINARY:
                yield f"what learns is the target of {name}", "swap the two?", "possible"
        if dim is not None and self._along_the_batch(name, dim, first, second):
            said = f"{kind} runs along dim {dim} of shape {tuple(first.shape)}"
            yield f"{said}, and {name.strip('_')} takes that for the batch", "which dim?", "likely"
        if name in _DISTANCES or name in ("sub", "__sub__", "__rsub__"):
            for one, other in ((first, second), (second, first)):
                if isinstance(one, Tensor) and isinstance(other, Tensor) and other.requires_grad:
                    yield from self._classes(name, one)

    def _along_the_batch(self, name: str, dim: int, first: Tensor, second: Any) -> bool:
        "Whether a function treats as apart what a softmax made to sum to 1."
        if name in ("bmm", "matmul", "__matmul__"):
            return first.dim() > 2 and dim < first.dim() - 2
        picks = name == "gather" and isinstance(second, int) and second in (1, -1)
        pair = second if isinstance(second, tuple) and len(second) == 2 else [None]
        picks |= name == "__getitem__" and all(isinstance(i, Tensor) for i in pair)
        judged = name in ("nll_loss", "kl_div", "binary_cross_entropy", *_DISTANCES)
        judged |= name in ("mul", "__mul__", "__rmul__") and self.of[first].kind == "log_softmax"
        judged &= isinstance(second, Tensor) and not second.requires_grad
        judged = judged and not (second.shape == first.shape and _are_shares(second.T))
        rows, *columns = first.shape
        return dim == 0 and first.dim() == 2 and 1 < columns[0] != rows and (picks or judged)

    def _classes(self, name: str, target: Tensor) -> Iterator[tuple[str, str, str]]:
        "Whether whole numbers from 0 on, each of them often, are compared as if they measured."
        if not _whole(target) and self.of.get(target, _Meant("")).kind != "classes":
            return
        values = target.detach().unique()
        several = 3 <= len(values) <= target.numel() / 3
        if several and values[0] == 0 and values[-1] < 2 * len(values):
            said = f"{name.strip('_')} compares with whole numbers from 0 to {int(values[-1])}"
            yield said, "are they classes? Then use cross_entropy", "possible"


def _out_of_reach(
    name: str, kind: str, made: Tensor, wanted: Tensor, how: Any
) -> Iterator[tuple[str, str, str]]:
    "Targets that what was made can never come to, or that are no shares where shares are wanted."
    span = f"numbers from {wanted.min().item():.4g} to {wanted.max().item():.4g}"
    if name in _BINARY and bool(((wanted < 0) | (wanted > 1)).any()):
        masked = how.get("reduction") == "none" or how.get("weight") is not None
        sure = "possible" if masked else "likely"
        yield f"the targets of {name} are {span}", "it wants 0, 1 or what is between", sure
    low, high = _REACH.get(kind, (-inf, inf))
    if name in _DISTANCES and bool(((made >= low) & (made <= high)).all()):
        share = ((wanted < low - 0.2) | (wanted > high + 0.2)).double().mean()
        if share > 1 / 3:
            said = f"{name} compares what {kind} made, from {low} to {high}, with {span}"
            yield said, f"scale the targets, or leave out {kind}", "likely"


def _are_shares(rows: Tensor) -> bool:
    "Whether the numbers of each row are none below 0 and sum to 1."
    if rows.dim() < 2 or rows.shape[1] < 2 or (rows < 0).any():
        return False
    return bool(((rows.sum(1) - 1).abs() < 1e-4).all())


def _whole(tensor: Tensor) -> bool:
    return not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype.itemsize < 2)
