"What workers share without any process: points, weights, checkpoints, and the refusal of bad input."

import math
import os
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from autograd_tutorial.fit import fit, make_data, rmse
from autograd_tutorial.pictures import show_all_reduce
from autograd_tutorial.scale import (
    all_reduce_gradient,
    fit_distributed,
    ring_seconds,
    share_gradients,
    split_points,
)
from autograd_tutorial.tools.checkpoints import Checkpoint
from autograd_tutorial.tools.workers import check_sendable, in_group, launch, process_group
from torch import Tensor
from torch.testing import assert_close

from saved import as_saved, spec_of

FULL = torch.tensor([-53195.86, -3419.715, -253.8908])


@pytest.fixture(scope="module")
def data() -> tuple[Tensor, Tensor, Tensor]:
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    return torch.randn(3, generator=g), time, speed


@pytest.fixture
def group_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    "This process is the only worker of a group, as torchrun would have it."
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    told = dict(RANK="0", WORLD_SIZE="1", LOCAL_RANK="0", MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    for name, value in told.items():
        monkeypatch.setenv(name, value)


# Gradients


def test_the_plain_mean_is_wrong_where_shares_differ(data) -> None:
    for shares, plain in (([7, 7, 6], -57856.06), ([12, 5, 3], -95767.60)):
        found = share_gradients(*data, shares)
        assert_close(found.mean(0)[0], torch.tensor(plain), rtol=1e-5, atol=0)
        assert_close(torch.tensor(shares) / 20 @ found, FULL, rtol=1e-5, atol=0)


def test_points_are_split_as_evenly_as_can_be() -> None:
    for points in range(1, 30):
        for count in range(1, points + 1):
            sizes = split_points(points, count)
            assert len(sizes) == count and sum(sizes) == points and max(sizes) - min(sizes) <= 1


# A run


def test_a_run_that_explodes_stops_with_a_warning(data, group_of_one: None) -> None:
    start, time, speed = data
    params = start.clone().requires_grad_()
    with pytest.warns(RuntimeWarning, match="fit_distributed stopped at step"):
        losses = fit_distributed(params, time, speed, lr=1e-2, steps=60)
    with pytest.warns(RuntimeWarning):
        alone = fit(start.clone().requires_grad_(), time, speed, lr=1e-2, steps=60)
    assert 2 < len(losses) < 60 and abs(len(losses) - len(alone)) <= 1
    assert losses.isfinite().all() and params.isfinite().all() and not dist.is_initialized()


def test_numbers_of_numpy_are_as_good(group_of_one: None, tmp_path: Path) -> None:
    given = dict(
        params=torch.zeros(3).requires_grad_(),
        time=POINTS[0],
        speed=POINTS[1],
        steps=np.int64(2),
        shares=[np.int64(20)],
        checkpoint=Checkpoint(tmp_path / "run.pt", np.int8(1)),
    )
    first = fit_distributed(**given)
    given["params"] = torch.zeros(3).requires_grad_()
    assert torch.equal(fit_distributed(**given), first)
    assert ring_seconds(np.int8(100), 4e8, 1e-5, 1e10) == ring_seconds(100, 4e8, 1e-5, 1e10)
    assert all(type(each) is int for each in split_points(np.int8(100), np.int8(3)))


def test_what_is_no_checkpoint_is_refused(data, tmp_path: Path) -> None:
    start, time, speed = data
    torch.save({"losses": [1.0]}, tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("no", encoding="utf-8")
    for name in ("other.pt", "text.pt"):
        wanted = "checkpoint must be a file that fit_distributed wrote"
        with pytest.raises(ValueError, match=f"{wanted}, got .*{name}: it holds something else"):
            fit_distributed(
                start.clone().requires_grad_(), time, speed, checkpoint=Checkpoint(tmp_path / name)
            )
    for bad in (tmp_path, tmp_path / "missing" / "run.pt"):
        with pytest.raises(ValueError, match="a file in a folder that exists"):
            Checkpoint(bad)


def test_a_save_that_is_cut_short_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = Checkpoint(tmp_path / "run.pt")
    checkpoint.save([3.0], torch.ones(3))
    before = checkpoint.path.read_bytes()

    def cut(held: object, file: object) -> None:
        file.write(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", cut)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save([3.0, 2.0], torch.zeros(3))
    assert checkpoint.path.read_bytes() == before
    losses, params = checkpoint.load()
    assert losses == [3.0] and torch.equal(params, torch.ones(3))


def test_two_runs_may_save_to_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Checkpoint(tmp_path / "run.pt")
    monkeypatch.setattr(os, "getpid", lambda: 1)
    other = Checkpoint(tmp_path / "run.pt")
    assert one.part != other.part
    write = torch.save

    def meanwhile(held: object, file: object) -> None:
        monkeypatch.setattr(torch, "save", write)
        other.save([2.0], torch.zeros(3))
        write(held, file)

    monkeypatch.setattr(torch, "save", meanwhile)
    one.save([3.0], torch.ones(3))
    assert one.load()[0] == [3.0] and [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_what_cannot_be_sent_is_named() -> None:
    with pytest.raises(
        TypeError, match="model must be something that can be sent to a worker, got"
    ):
        check_sendable(model=threading.Lock())


def test_a_process_of_a_group_is_told_apart(data, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_group()
    with pytest.raises(ValueError, match="all_reduce_gradient must run inside launch"):
        all_reduce_gradient(*data, [20])
    with pytest.raises(ValueError, match="RANK expected"), process_group():
        pass
    for name, value in dict(
        RANK="0", WORLD_SIZE="3", LOCAL_RANK="0", MASTER_ADDR="127.0.0.1", MASTER_PORT="1"
    ).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="shares must be one for each of 3 workers, got 2"):
        fit_distributed(data[0].clone().requires_grad_(), *data[1:], shares=[10, 10])


# Bad input

LEAF = torch.zeros(3).requires_grad_()
POINTS = make_data()
BAD_FITS = [
    (dict(shares=2), TypeError, "shares must be a list"),
    (dict(shares=[]), TypeError, "shares must be a list"),
    (dict(shares=[10, 9]), ValueError, r"add up to the 20 points, got \[10, 9\], which is 19"),
    (dict(shares=[20, 0]), ValueError, r"shares\[1\] must be a whole number >= 1, got 0"),
    (dict(shares=[10.0, 10.0]), TypeError, r"shares\[0\] must be a whole number >= 1, got 10.0"),
    (dict(shares="even"), TypeError, "shares must be a list"),
    (dict(lr=0), ValueError, "lr must be a finite number > 0"),
    (dict(lr=math.nan), ValueError, "lr must be"),
    (dict(steps=-1), ValueError, "steps must be"),
    (dict(steps=1.5), TypeError, "steps must be"),
    (dict(checkpoint="run.pt"), TypeError, "checkpoint must be a Checkpoint or None, got 'run.pt'"),
    (dict(params=torch.zeros(3)), ValueError, "requires_grad_"),
    (dict(params=torch.zeros(4).requires_grad_()), ValueError, r"shape \(3,\)"),
    (dict(time=POINTS[0][:4]), ValueError, "one shape"),
    (dict(speed=POINTS[1] * math.nan), ValueError, "speed must be finite"),
    (dict(time=POINTS[0].double(), speed=POINTS[1].double()), TypeError, "one dtype"),
    (dict(loss_fn=rmse), ValueError, "loss_fn must be a mean over points"),
    (
        dict(loss_fn=lambda preds, targets: ((preds - targets) ** 2).sum()),
        ValueError,
        "a mean for a sum",
    ),
    (dict(loss_fn=lambda preds, targets: preds - targets), ValueError, "one number"),
    (dict(loss_fn=3), TypeError, "loss_fn must be a function"),
    (dict(model=None), TypeError, "model must be a function"),
    (dict(model=threading.Lock().acquire), TypeError, "model must be something that can be sent"),
]


@pytest.mark.parametrize(("change", "error", "says"), BAD_FITS)
def test_bad_input_of_fit_distributed_is_refused(change, error, says) -> None:
    given = dict(params=LEAF, time=POINTS[0], speed=POINTS[1]) | change
    with pytest.raises(error, match=says):
        fit_distributed(**given)
    assert LEAF.tolist() == [0, 0, 0] and LEAF.grad is None


def test_other_bad_input_is_refused() -> None:
    for given, error, says in (
        ((0, 1), ValueError, "points must be a whole number >= 1, got 0"),
        ((20, 0), ValueError, "workers must be a whole number >= 1, got 0"),
        ((20.0, 2), TypeError, "points must be a whole number"),
        ((3, 4), ValueError, "workers must be at most 3"),
    ):
        with pytest.raises(error, match=says):
            split_points(*given)
    with pytest.raises(ValueError, match="add up"):
        share_gradients(torch.zeros(3), *POINTS, [5, 5])
    for given, error, says in (
        ((3,), TypeError, "checkpoint must be the name of a file, got 3"),
        (("run.pt", 0), ValueError, "every must be a whole number >= 1, got 0"),
        (("run.pt", None), TypeError, "every must be"),
    ):
        with pytest.raises(error, match=says):
            Checkpoint(*given)
    with pytest.raises(TypeError, match="function must be a function, got 3"):
        launch(3, 2)
    with pytest.raises(TypeError, match=r"args\[0\] must be something that can be sent"):
        launch(print, 2, threading.Lock())
    for bad, error in (
        (0, ValueError),
        (65, ValueError),
        (-1, ValueError),
        (1.0, TypeError),
        ("2", TypeError),
        (None, TypeError),
    ):
        with pytest.raises(error, match="workers must be a whole number from 1 to 64"):
            launch(print, bad)


def test_ring_seconds_counts_turns() -> None:
    assert ring_seconds(1, 4e8, 1e-5, 1e10) == 0
    assert ring_seconds(2, 100.0, 1.0, 10.0) == pytest.approx(2 * (1 + 5))
    for n in range(1, 12):  # turn by turn
        assert ring_seconds(n, 1e6, 1e-3, 1e9) == pytest.approx(
            sum(1e-3 + 1e6 / n / 1e9 for _ in range(2 * (n - 1)))
        )
    for given, error, says in (
        ((0, 1.0, 1.0, 1.0), ValueError, "workers must be a whole number >= 1"),
        ((2, 0.0, 1.0, 1.0), ValueError, "size must be a finite number > 0"),
        ((2, 1.0, math.inf, 1.0), ValueError, "latency must be"),
        ((2, 1.0, 1.0, "fast"), TypeError, "bandwidth must be"),
    ):
        with pytest.raises(error, match=says):
            ring_seconds(*given)


# The picture


def test_the_picture_holds_what_the_workers_find(data) -> None:
    known = spec_of(as_saved(show_all_reduce).page)["data"]
    for splits in known["splits"].values():
        for n, split in enumerate(splits, 1):
            assert len(split["shares"]) == n and sum(split["shares"]) == 20
            wanted = share_gradients(*data, split["shares"])[:, 0]
            assert_close(torch.tensor(split["slopes"]), wanted)
    thirds = {kind: splits[2]["shares"] for kind, splits in known["splits"].items()}
    assert thirds == {"even": [7, 7, 6], "uneven": [12, 5, 3]}
    assert known["full"] == pytest.approx(FULL[0].item(), rel=1e-6)


def test_the_picture_takes_points_of_ones_own() -> None:
    def line(time: Tensor, params: Tensor) -> Tensor:
        return params[0] * time + params[1]

    time, speed = torch.tensor([3.0, 1.0, 2.0]), torch.tensor([1.0, 2.0, 4.0])
    picture = as_saved(lambda: show_all_reduce(time, speed, torch.ones(2), model=line))
    known = spec_of(picture.page)["data"]
    assert known["time"] == [1, 2, 3] and known["name"] == "slope of params[0]"
    assert [len(split["slopes"]) for split in known["splits"]["even"]] == [1, 2, 3]
    with pytest.raises(ValueError, match="time and speed must have one shape"):
        show_all_reduce(POINTS[0], POINTS[1][:3])
