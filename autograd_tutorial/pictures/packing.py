"""Thousands of runs in a few kilobytes."""

from __future__ import annotations

import gzip

import torch
from torch import Tensor

DROPPED = 10  # how many of a float32's 24 significant bits are rounded away; packing.js has it too


def pack(
    arrays: dict[str, Tensor],  # float tensors of any shape but (), by name
) -> tuple[bytes, list[tuple[str, list[int]]]]:  # compressed; name and shape of each
    "All arrays in one piece, in the order of `arrays`, with the shapes to unpack it."
    none = torch.zeros(0, dtype=torch.long)
    words = torch.cat([none, *(_folded(each).flatten() for each in arrays.values())])
    planes = torch.stack([(words >> 8 * rank) & 255 for rank in range(4)])
    packed = gzip.compress(planes.to(torch.uint8).numpy().tobytes(), mtime=0)
    return packed, [(name, list(each.shape)) for name, each in arrays.items()]


def _folded(array: Tensor) -> Tensor:
    "Second differences of the rounded bits as whole numbers >= 0: 0, -1, 1, -2 become 0, 1, 2, 3."
    bits = array.detach().cpu().float().contiguous().view(torch.int32).long() & 0xFFFFFFFF
    words = (bits + (1 << DROPPED - 1)) >> DROPPED
    for _ in range(2):
        words = words.diff(dim=-1, prepend=torch.zeros_like(words[..., :1]))
    return (words << 1) ^ (words >> 63)
