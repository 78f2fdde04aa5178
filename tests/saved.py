"What is saved, as tests read it: texts with numbers, and live pictures with their packed arrays."

import base64
import gzip
import json
import math
import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
import torch
from autograd_tutorial.core.saving import STATIC
from autograd_tutorial.fit import make_data
from autograd_tutorial.optimizers import Adam, Descent
from autograd_tutorial.pictures import explore_learning_rate, show_race
from bs4 import BeautifulSoup
from torch import Tensor

NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?")


def same_text(one: str, other: str) -> bool:
    "Alike but for spacing and numbers, and the numbers alike to a relative 1e-4."
    if NUMBER.sub("#", " ".join(one.split())) != NUMBER.sub("#", " ".join(other.split())):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-4, abs_tol=1e-9) for a, b in pairs)


def as_saved(make: Callable[[], Any]) -> Any:
    "The picture that `make` gives while notebooks are saved, to stand without a kernel."
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        return make()


@cache
def explorer() -> Any:
    "The picture of lesson 3, as it is saved."
    return as_saved(explore_learning_rate)


@cache
def race_of_two() -> Any:
    "A race of two, as it is saved: descent is not there in time over raw times."
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    adam = {
        "raw": partial(Adam, lr=2.0, betas=(0.98, 0.999)),
        "standardised": partial(Adam, lr=0.5, betas=(0.8, 0.999)),
    }
    descent = {"raw": partial(Descent, lr=3e-5), "standardised": partial(Descent, lr=0.3)}
    entered = {kind: {"descent": descent[kind], "Adam": adam[kind]} for kind in adam}
    return as_saved(lambda: show_race(time, speed, start, steps=900, optimizers=entered))


def spec_of(page: str | BeautifulSoup) -> dict[str, Any]:
    "What the front end reads in a saved picture, its arrays still packed."
    soup = BeautifulSoup(page, "html.parser") if isinstance(page, str) else page
    return json.loads(soup.select_one("script[type='application/json']").string)


def whole_spec_of(page: str | BeautifulSoup) -> dict[str, Any]:
    "The same, its arrays in their places."
    spec = spec_of(page)
    return dict(spec, data=unpack(base64.b64decode(spec["packed"]), spec["data"]))


def unpack(packed: bytes, data: Any) -> Any:
    "The data with its arrays, written from the description of the format and not from the code that packs."
    planes = np.frombuffer(gzip.decompress(packed), np.uint8).reshape(4, -1).astype(np.int64)
    return with_arrays(data, planes[0] + (planes[1] << 8) + (planes[2] << 16) + (planes[3] << 24))


def with_arrays(data: Any, words: np.ndarray) -> Any:
    if isinstance(data, dict) and "packed" in data:
        size = math.prod(data["shape"])
        folded = words[data["packed"] : data["packed"] + size].reshape(data["shape"])
        bends = np.where(folded % 2, -(folded + 1) // 2, folded // 2)
        bits = bends.cumsum(-1).cumsum(-1) << 10 & 0xFFFFFFFF
        return torch.from_numpy(bits.astype(np.uint32).view(np.float32))
    if isinstance(data, dict):
        return {name: with_arrays(each, words) for name, each in data.items()}
    return [with_arrays(each, words) for each in data] if isinstance(data, list) else data


def arrays_in(data: Any) -> list[Tensor]:
    "Every array of unpacked data."
    if isinstance(data, Tensor):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [array for part in parts for array in arrays_in(part)]
