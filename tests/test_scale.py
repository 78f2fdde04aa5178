"Workers find what one process finds, and leave nothing behind, however they end; bad input changes nothing."

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time as clock
from collections.abc import Callable, Iterator
from datetime import timedelta
from inspect import unwrap
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from autograd_tutorial.core.saving import STATIC
from autograd_tutorial.fit import fit, make_data, mse, quadratic, rmse
from autograd_tutorial.pictures import show_all_reduce
from autograd_tutorial.scale import (
    all_reduce_gradient,
    fit_distributed,
    ring_seconds,
    share_gradients,
    split_points,
)
from autograd_tutorial.tools.checkpoints import Checkpoint
from autograd_tutorial.tools.sharing import _in_worker
from autograd_tutorial.tools.workers import check_sendable, in_group, launch, process_group
from torch import Tensor
from torch.testing import assert_close

ROOT = Path(__file__).resolve().parents[1]
FULL = torch.tensor([-53195.86, -3419.715, -253.8908])


@pytest.fixture(scope="module")
def data() -> tuple[Tensor, Tensor, Tensor]:
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    return torch.randn(3, generator=g), time, speed


def children() -> set[int]:
    "The processes that this one started and that are not waited for."
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,command="], text=True, capture_output=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return {
        int(pid)
        for pid, parent, *command in rows
        if int(parent) == os.getpid() and "autograd_tutorial.tools.workers" in "".join(command)
    }


def descriptors() -> int:
    folder = next(path for path in (Path("/proc/self/fd"), Path("/dev/fd")) if path.exists())
    return len(list(folder.iterdir()))


def wait_for(met: Callable[[], object], seconds: float = 60.0) -> None:
    until = clock.monotonic() + seconds
    while not met():
        assert clock.monotonic() < until, "waited in vain"
        clock.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if Path("/proc").exists():  # a zombie is dead, and waits for whoever adopts orphans
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    return True


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path_factory) -> Iterator[None]:
    temp, kept = tmp_path_factory.mktemp("temp"), standing()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(temp))
        yield
    assert standing() == kept and not list(temp.iterdir())
    assert not children() and not dist.is_initialized()


def standing() -> tuple[dict[str, str], list[object]]:
    "The environment, and what signals do."
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    return environment, [signal.getsignal(each) for each in sorted(signal.valid_signals())]


# Gradients


@pytest.mark.parametrize("shares", [[20], [10, 10], [5] * 4, [3, 15, 2]], ids=str)
def test_workers_find_the_gradient_of_one_process(data, shares: list[int]) -> None:
    count = len(shares)
    found = torch.stack(launch(all_reduce_gradient, count, *data, shares))
    assert_close(found[:, 0], share_gradients(*data, shares))
    assert_close(found[:, 1], FULL.expand(count, 3), rtol=1e-6, atol=0)
    assert torch.equal(found[:, 1], found[:1, 1].expand(count, 3))


@pytest.mark.parametrize("shares", [[7, 7, 6], [12, 5, 3]], ids=str)
def test_every_step_of_unequal_shares_is_that_of_one_process(data, shares: list[int]) -> None:
    "In float64, three workers: they stay one, and each step is along the gradient of all points."
    start, time, speed = (each.double() for each in data)

    def walk() -> tuple[Tensor, Tensor]:
        places = []

        def seen(time: Tensor, params: Tensor) -> Tensor:
            places.append(params.detach().clone())
            return quadratic(time, params)

        losses = unwrap(fit_distributed)(
            start.clone(), time, speed, 1e-5, 8, mse, seen, shares, None
        )
        return losses, torch.stack(places)

    leaf, alone, places = start.clone().requires_grad_(), [], []
    for _ in range(8):
        places.append(leaf.detach().clone())
        alone.append(fit(leaf, time, speed, steps=1)[0])
    told = launch(walk, 3)
    for losses, found in told:
        assert_close(losses, torch.stack(alone), rtol=1e-9, atol=0)
        assert_close(found, torch.stack(places), rtol=1e-9, atol=1e-9)
        assert torch.equal(losses, told[0][0]) and torch.equal(found, told[0][1])


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


class Runs:
    "Three runs of twelve steps: one that nobody disturbs, one that is killed, one that goes on from there."

    def __init__(self, data: tuple[Tensor, Tensor, Tensor], folder: Path):
        start, time, speed = data
        given = dict(lr=1e-5, steps=12, shares=[12, 8])
        self.file = folder / "run.pt"
        self.whole, self.params = start.clone().requires_grad_(), start.clone().requires_grad_()
        self.losses = fit_distributed(self.whole, time, speed, **given)

        def doomed(time: Tensor, params: Tensor) -> Tensor:
            if dist.is_initialized() and dist.get_rank() == 1 and params[0] > 0.015:
                os.kill(os.getpid(), signal.SIGKILL)
            return quadratic(time, params)

        began, checkpoint = clock.monotonic(), Checkpoint(self.file, every=2)
        with pytest.raises(RuntimeError) as error:
            fit_distributed(self.params, time, speed, model=doomed, checkpoint=checkpoint, **given)
        self.took, self.said = clock.monotonic() - began, str(error.value)
        self.untouched = torch.equal(self.params, start)
        self.left = [path.name for path in folder.iterdir()]
        self.kept = len(torch.load(self.file, weights_only=True)["losses"])
        self.resumed = fit_distributed(
            self.params, time, speed, checkpoint=Checkpoint(self.file, every=2), **given
        )


@pytest.fixture(scope="module")
def runs(data, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(data, tmp_path_factory.mktemp("runs"))


def test_a_run_of_two_is_that_of_one(data, runs: Runs) -> None:
    start, time, speed = data
    alone = start.clone().requires_grad_()
    assert_close(runs.losses, fit(alone, time, speed, steps=12), rtol=1e-5, atol=0)
    assert_close(runs.whole, alone, rtol=1e-5, atol=1e-6)
    assert runs.whole.is_leaf and runs.whole.requires_grad and runs.whole.grad is None


def test_a_killed_worker_is_named_at_once(runs: Runs) -> None:
    assert runs.said.startswith(
        "worker 1 (of ranks 0 to 1) was killed by SIGKILL; the others were ended"
    )
    assert runs.took < 30 + 30  # starting included, on a busy machine
    assert runs.untouched and runs.left == ["run.pt"]


def test_a_resumed_run_is_exactly_one_that_was_never_killed(data, runs: Runs) -> None:
    assert 0 < runs.kept < 12 and runs.kept % 2 == 0
    assert torch.equal(runs.resumed, runs.losses) and torch.equal(runs.params, runs.whole)
    assert len(torch.load(runs.file, weights_only=True)["losses"]) == 12


def test_a_checkpoint_of_another_run_is_refused(data, runs: Runs) -> None:
    start, time, speed = data
    kept = runs.file.read_bytes()
    for change, says in (
        (dict(lr=2e-5), "of another run: other lr;"),
        (
            dict(params=start + 1),
            "other params and loss; to go on, params and the rest must be those that it began with",
        ),
        (dict(speed=speed + 1), "other speed and loss"),
        (dict(time=time + 1), "other time and loss"),
        (dict(shares=[10, 10]), "other shares"),
        (dict(model=lambda t, p: p[0] * t), "other loss"),
        (dict(steps=11), "at least the 12"),
    ):
        given = (
            dict(
                params=start,
                time=time,
                speed=speed,
                lr=1e-5,
                steps=12,
                shares=[12, 8],
                checkpoint=Checkpoint(runs.file),
            )
            | change
        )
        leaf = given.pop("params").clone().requires_grad_()
        before = leaf.detach().clone()
        with pytest.raises(ValueError, match=says):
            fit_distributed(leaf, **given)
        assert torch.equal(leaf, before) and runs.file.read_bytes() == kept


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


def test_a_run_that_explodes_stops_with_a_warning(data) -> None:
    start, time, speed = data
    params = start.clone().requires_grad_()
    with pytest.warns(RuntimeWarning, match="fit_distributed stopped at step"):
        losses = fit_distributed(params, time, speed, lr=1e-2, steps=60)
    with pytest.warns(RuntimeWarning):
        alone = fit(start.clone().requires_grad_(), time, speed, lr=1e-2, steps=60)
    assert 2 < len(losses) < 60 and abs(len(losses) - len(alone)) <= 1
    assert losses.isfinite().all() and params.isfinite().all()


# How workers end


def test_errors_of_a_worker_are_told(data) -> None:
    def shout() -> None:
        print("here", dist.get_rank())
        if dist.get_rank() == 1:
            raise ValueError("no such speed")
        dist.barrier()

    with pytest.raises(
        RuntimeError, match=r"worker 1 \(of ranks 0 to 1\) raised ValueError: no such speed"
    ) as error:
        launch(shout, 2)
    assert "in shout" in str(error.value.__cause__)


def test_a_worker_killed_from_outside(tmp_path: Path, capfd) -> None:
    def wait(folder: Path) -> None:
        (folder / str(dist.get_rank())).write_text(str(os.getpid()), encoding="utf-8")
        if dist.get_rank() == 0:
            dist.recv(torch.zeros(1), 1)
        clock.sleep(600)

    def kill() -> None:
        wait_for(
            lambda: all(
                (tmp_path / name).exists() and (tmp_path / name).read_text() for name in "01"
            )
        )
        os.kill(int((tmp_path / "1").read_text()), signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    with pytest.raises(RuntimeError, match=r"worker 1 .* was killed by SIGKILL"):
        launch(wait, 2, tmp_path)
    thread.join()
    assert not any(alive(int(path.read_text())) for path in tmp_path.iterdir())


def test_what_a_worker_started_ends_with_it(tmp_path: Path) -> None:
    def start(folder: Path) -> None:
        started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        (folder / str(dist.get_rank())).write_text(str(started.pid), encoding="utf-8")
        dist.barrier()
        if dist.get_rank() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        dist.barrier()

    with pytest.raises(RuntimeError, match=r"worker 1 .* was killed by SIGKILL"):
        launch(start, 2, tmp_path)
    pids = [int(path.read_text()) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    wait_for(lambda: not any(map(alive, pids)), 10)


def test_a_worker_that_hangs_is_named() -> None:
    "In a group that waits for one second only."

    def hang() -> None:
        group = dist.new_group(timeout=timedelta(seconds=1))
        if dist.get_rank() == 1:
            clock.sleep(600)
        dist.all_reduce(torch.ones(1), group=group)

    says = "worker [02] .* waited 60 s for the others, in vain: worker 1 hangs or needs longer; all"
    with pytest.raises(RuntimeError, match=says) as error:
        launch(hang, 3)
    assert "Timed out" in str(error.value.__cause__)


def test_an_interrupt_ends_all(tmp_path: Path) -> None:
    def wait(folder: Path) -> None:
        (folder / str(dist.get_rank())).write_text(str(os.getpid()), encoding="utf-8")
        clock.sleep(600)

    def interrupt() -> None:
        wait_for(
            lambda: all(
                (tmp_path / name).exists() and (tmp_path / name).read_text() for name in "01"
            )
        )
        os.kill(os.getpid(), signal.SIGINT)

    before = descriptors()
    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        launch(wait, 2, tmp_path)
    thread.join()
    assert not any(alive(int(path.read_text())) for path in tmp_path.iterdir())
    assert descriptors() <= before + 4


SCRIPT = """
import os, sys, time
from autograd_tutorial.tools.workers import launch

def wait(folder):
    import torch.distributed as dist
    with open(f"{folder}/{dist.get_rank()}", "w") as file:
        file.write(str(os.getpid()))
    print("ready")
    time.sleep(600)

launch(wait, 2, sys.argv[1])
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda each: each.name)
def test_workers_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    "Which is a script without a guard, too; their folder goes with them."
    script, folder, temp = tmp_path / "script.py", tmp_path / "pids", tmp_path / "temp"
    script.write_text(SCRIPT, encoding="utf-8")
    folder.mkdir()
    temp.mkdir()
    environment = {**os.environ, "TMPDIR": str(temp)}
    parent = subprocess.Popen([sys.executable, script, folder], env=environment)
    try:
        wait_for(
            lambda: all((folder / name).exists() and (folder / name).read_text() for name in "01")
        )
    finally:
        parent.send_signal(how)
        parent.wait()
    pids = [int(path.read_text()) for path in folder.iterdir()]
    wait_for(lambda: not any(map(alive, pids)) and not list(temp.iterdir()), 10)


STDIN = """
import torch
from autograd_tutorial.tools.workers import launch

class Slope(torch.nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(factor))

    @property
    def twice(self):
        return 2 * self.factor

    def forward(self, x):
        return self.twice * helped(x)

def helped(x):
    return x if x.sum() < limit else helped(x - 1)

limit = 3.0
print(launch(lambda net: net(torch.tensor([5.0])).item(), 1, Slope(1.5)))
"""


def test_what_only_a_program_without_a_file_has_is_sent() -> None:
    done = subprocess.run(
        [sys.executable, "-"], input=STDIN, text=True, capture_output=True, check=True
    )
    assert done.stdout.strip() == "[6.0]", done.stderr


def test_what_workers_print_is_shown(capsys) -> None:
    def said() -> int:
        print("one\ntwo")
        return dist.get_rank()

    assert launch(said, 1) == [0]
    assert capsys.readouterr().out == "worker 0: one\nworker 0: two\n"


class Unreadable(Exception):
    "Can be sent, and then not be made again: it wants two."

    def __init__(self, one: int, two: int):
        super().__init__()


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"worker [01] \(of ranks 0 to 1\) raised TypeError"):
        launch(lambda: Unreadable(1, 2), 2)


def test_numbers_of_numpy_are_as_good(tmp_path) -> None:
    given = dict(
        params=torch.zeros(3).requires_grad_(),
        time=POINTS[0],
        speed=POINTS[1],
        steps=np.int64(2),
        shares=[np.int64(12), np.int8(8)],
        checkpoint=Checkpoint(tmp_path / "run.pt", np.int8(1)),
    )
    first = fit_distributed(**given)
    given["params"] = torch.zeros(3).requires_grad_()
    assert torch.equal(fit_distributed(**given), first)
    assert ring_seconds(np.int8(100), 4e8, 1e-5, 1e10) == ring_seconds(100, 4e8, 1e-5, 1e10)
    assert all(type(each) is int for each in split_points(np.int8(100), np.int8(3)))


def test_what_cannot_be_sent_is_named() -> None:
    with pytest.raises(
        TypeError, match="model must be something that can be sent to a worker, got"
    ):
        check_sendable(model=threading.Lock())


# Under torchrun


def test_the_same_under_torchrun(data, tmp_path: Path) -> None:
    start, time, speed = data
    file = tmp_path / "run.pt"
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nnodes",
        "1",
        "--nproc-per-node",
        "2",
    ]
    command += [
        "--rdzv-backend",
        "c10d",
        "--rdzv-endpoint",
        "127.0.0.1:0",
        "--local-addr",
        "127.0.0.1",
    ]
    command += [
        "-m",
        "autograd_tutorial.tools.distributed",
        "--steps",
        "6",
        "--checkpoint",
        str(file),
    ]
    done = subprocess.run(command, text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    printed = torch.tensor([float(line) for line in done.stdout.split()])
    assert_close(
        printed, fit(start.clone().requires_grad_(), time, speed, steps=6), rtol=1e-5, atol=0
    )
    resumed = fit_distributed(
        data[0].clone().requires_grad_(), time, speed, steps=6, checkpoint=Checkpoint(file)
    )  # by two here
    assert_close(resumed, printed, rtol=1e-5, atol=0)


def test_workers_that_were_given_other_data_are_named() -> None:
    def check() -> str:
        rank = dist.get_rank()
        run = dict(speed="one" if rank else "other", lr=1e-5, loss=1.0 + 1e-7 * rank)
        try:
            _in_worker(print, dict(steps=10 + (rank == 2)), run)
        except ValueError as error:
            return str(error)
        return "alike"

    says = "all workers must be given the same as worker 0, but worker 1 has other speed, worker 2 has other speed and steps"
    assert launch(check, 3) == [says] * 3


OTHER_DATA = """
import os
import torch
from autograd_tutorial.fit import make_data
from autograd_tutorial.scale import fit_distributed

time, speed = make_data(torch.Generator().manual_seed(int(os.environ["RANK"])))
fit_distributed(torch.zeros(3).requires_grad_(), time, speed)
"""


def test_other_data_under_torchrun_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(OTHER_DATA, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--local-addr",
        "127.0.0.1",
        "--nproc-per-node",
        "2",
        str(script),
    ]
    done = subprocess.run(command, text=True, capture_output=True, timeout=120)
    assert (
        done.returncode
        and "ValueError: all workers must be given the same as worker 0, but worker 1 has other speed and loss"
        in done.stderr
    )


def test_shares_must_fit_the_workers(data) -> None:
    with pytest.raises(ValueError, match="all_reduce_gradient must run inside launch"):
        all_reduce_gradient(*data, [20])
    for shares in ([20], [10, 5, 5]):
        with pytest.raises(
            RuntimeError,
            match=f"ValueError: shares must be one for each of 2 workers, got {len(shares)}",
        ):
            launch(all_reduce_gradient, 2, *data, shares)


def test_a_process_of_a_group_is_told_apart(data, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_group()
    with pytest.raises(ValueError, match="RANK expected"), process_group():
        pass
    for name, value in dict(
        RANK="0", WORLD_SIZE="3", LOCAL_RANK="0", MASTER_ADDR="127.0.0.1", MASTER_PORT="1"
    ).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="shares must be one for each of 3 workers, got 2"):
        fit_distributed(data[0].clone().requires_grad_(), *data[1:], shares=[10, 10])


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads what Linux tells")
def test_workers_listen_to_this_machine_only() -> None:
    def listening() -> list[str]:
        links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")[:-1]]
        rows = [
            row.split()
            for table in ("tcp", "tcp6")
            for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        ]
        return [
            row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links
        ]

    assert {address for each in launch(listening, 2) for address in each} == {"0100007F"}


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


@pytest.fixture(scope="module")
def shown(data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        yield show_all_reduce(*data[1:], data[0])


def told(shown) -> dict:
    from bs4 import BeautifulSoup

    from test_notebooks import spec_of

    return json.loads(spec_of(BeautifulSoup(shown.page, "html.parser"))[0])["data"]


def test_the_picture_holds_what_the_workers_find(data, shown) -> None:
    known = told(shown)
    for splits in known["splits"].values():
        for n, split in enumerate(splits, 1):
            assert len(split["shares"]) == n and sum(split["shares"]) == 20
            wanted = share_gradients(*data, split["shares"])[:, 0]
            assert_close(torch.tensor(split["slopes"]), wanted)
    thirds = {kind: splits[2]["shares"] for kind, splits in known["splits"].items()}
    assert thirds == {"even": [7, 7, 6], "uneven": [12, 5, 3]}
    assert known["full"] == pytest.approx(FULL[0].item(), rel=1e-6)


STORY = [  # workers, shares, mean, moment, what it says
    (
        3,
        "uneven",
        "plain",
        "before",
        "3 gradients. With 12, 5 and 3 points their slope of a goes from",
    ),
    (
        4,
        "even",
        "plain",
        "before",
        "4 gradients. With 5 points each their slope of a goes from -451.5 to -167,576; over all points it is -53,196.",
    ),
    (
        4,
        "even",
        "plain",
        "after",
        "One gradient, the right one. By the plain mean every worker has -53,196 as slope of a, as over all points.",
    ),
    (
        3,
        "uneven",
        "plain",
        "after",
        "One gradient, a wrong one. By the plain mean every worker has -95,768 as slope of a, 80% off: over all",
    ),
    (3, "uneven", "weighted", "after", "One gradient, the right one."),
    (
        3,
        "even",
        "plain",
        "after",
        "One gradient, a wrong one. By the plain mean every worker has -57,856 as slope of a, 8.8% off",
    ),
    (
        1,
        "even",
        "plain",
        "before",
        "One worker. It holds all points, and its slope of a is -53,196; so is the plain mean.",
    ),
]


@pytest.mark.parametrize(("count", "kind", "mean", "moment", "says"), STORY)
def test_the_picture_is_told_in_words(
    browser, tmp_path, shown, count: int, kind: str, mean: str, moment: str, says: str
) -> None:
    from showing import move_to, opened, standing_alone, words

    page = opened(browser, standing_alone(tmp_path, shown).as_uri())
    move_to(page.get_by_role("slider", name="Workers"), count - 1)
    for name in (kind, mean, moment):
        page.get_by_role("radio", name=name, exact=True).check()
    assert words(page).startswith(says), words(page)
    assert page.locator("g[role=img]:not([hidden])").count() == count and page.problems == []
    page.close()


@pytest.mark.parametrize("width", [1100, 390, 320])
def test_the_picture_fits(browser, tmp_path, shown, width: int) -> None:
    from showing import opened, standing_alone

    page = opened(
        browser, standing_alone(tmp_path, shown).as_uri(), viewport={"width": width, "height": 900}
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []
    page.close()


def test_the_picture_takes_points_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATIC, "1")
    shown = show_all_reduce(
        torch.tensor([3.0, 1.0, 2.0]),
        torch.tensor([1.0, 2.0, 4.0]),
        torch.ones(2),
        model=lambda t, p: p[0] * t + p[1],
    )
    known = told(shown)
    assert known["time"] == [1, 2, 3] and known["name"] == "slope of params[0]"
    assert [len(split["slopes"]) for split in known["splits"]["even"]] == [1, 2, 3]
    with pytest.raises(ValueError, match="time and speed must have one shape"):
        show_all_reduce(POINTS[0], POINTS[1][:3])
