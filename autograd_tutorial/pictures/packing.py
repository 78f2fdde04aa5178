"Thousands of runs in a few kilobytes."

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

import torch
from torch import Tensor

DROPPED = 10  # how many of a float32's 24 significant bits are rounded away; packing.js has it too


def pack(
    data: Any,  # dataclasses, dicts, lists and what JSON has; float tensors of any shape but ()
) -> tuple[
    bytes, Any
]:  # all tensors, compressed; the same data with the place of each in its stead
    "Tensors in one piece, and the rest as JSON has it."
    parts = [torch.zeros(0, dtype=torch.long)]
    plain = _without_tensors(data, parts, _folded)
    words = torch.cat(parts)
    planes = torch.stack([(words >> 8 * rank) & 255 for rank in range(4)])
    return gzip.compress(planes.to(torch.uint8).numpy().tobytes(), mtime=0), plain


def listed(
    values: Tensor,  # (n,), finite
    dtype: torch.dtype | None = None,  # None: their own
) -> list[float]:
    "The numbers, in no more digits than a float type has."
    digits = 9 if (dtype or values.dtype) == torch.float32 else 17
    return [float(f"{value:.{digits}g}") for value in values.tolist()]


def spread(
    data: Any,  # as `pack` takes it
) -> tuple[bytes, Any]:  # all tensors as float64; the same data with the place of each in its stead
    "Tensors in one piece, with all their digits."
    parts = [torch.zeros(0, dtype=torch.double)]
    plain = _without_tensors(data, parts, lambda array: array.detach().cpu().double())
    return torch.cat(parts).numpy().tobytes(), plain


def _without_tensors(data: Any, parts: list[Tensor], fold: Callable[[Tensor], Tensor]) -> Any:
    "`data` with where each tensor begins, and its shape; its numbers go to the end of `parts`."
    if isinstance(data, Tensor):
        begins = sum(map(len, parts))
        parts.append(fold(data).flatten())
        return dict(packed=begins, shape=list(data.shape))
    if is_dataclass(data):
        data = vars(data)
    if isinstance(data, dict):
        return {name: _without_tensors(each, parts, fold) for name, each in data.items()}
    if isinstance(data, (list, tuple)):
        return [_without_tensors(each, parts, fold) for each in data]
    return data


def _folded(array: Tensor) -> Tensor:
    "Second differences of the rounded bits as whole numbers >= 0: 0, -1, 1, -2 become 0, 1, 2, 3."
    bits = array.detach().cpu().float().contiguous().view(torch.int32).long() & 0xFFFFFFFF
    words = (bits + (1 << DROPPED - 1)) >> DROPPED
    for _ in range(2):
        words = words.diff(dim=-1, prepend=torch.zeros_like(words[..., :1]))
    return (words << 1) ^ (words >> 63)
