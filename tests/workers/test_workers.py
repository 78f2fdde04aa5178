"Workers find what one process finds, and leave nothing behind, however they end."

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
from typing import Any

import pytest
import torch
import torch.distributed as dist
from autograd_tutorial.fit import fit, make_data, mse, quadratic
from autograd_tutorial.scale import all_reduce_gradient, fit_distributed, share_gradients
from autograd_tutorial.tools.checkpoints import Checkpoint
from autograd_tutorial.tools.sharing import _in_worker
from autograd_tutorial.tools.workers import launch
from torch import Tensor
from torch.testing import assert_close

FULL = torch.tensor([-53195.86, -3419.715, -253.8908])
SHARES = [[7, 7, 6], [12, 5, 3], [3, 15, 2]]


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


# What three workers find, asked in one start


def walked(given: tuple[Tensor, ...], lr: float, steps: int, shares: list[int]) -> tuple:
    "The losses of a run inside a worker, and the params before each step."
    params, time, speed = given
    places = []

    def seen(time: Tensor, params: Tensor) -> Tensor:
        places.append(params.detach().clone())
        return quadratic(time, params)

    run = unwrap(fit_distributed)
    losses = run(params.clone(), time, speed, lr, steps, mse, seen, shares, None)
    return losses, torch.stack(places)


@pytest.fixture(scope="module")
def told(data) -> list[dict[str, Any]]:
    "What each of three workers answers to all questions."
    doubles = tuple(each.double() for each in data)

    def listening() -> list[str]:
        links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")[:-1]]
        tables = [Path(f"/proc/net/{kind}").read_text().splitlines() for kind in ("tcp", "tcp6")]
        rows = [row.split() for table in tables for row in table[1:]]
        own = [row for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links]
        return [row[1].split(":")[0] for row in own]

    def refused(function: Callable[..., object], *given: object) -> str:
        try:
            function(*given)
        except ValueError as error:
            return str(error)
        return ""

    def answers() -> dict[str, Any]:
        rank = dist.get_rank()
        other = dict(speed="one" if rank else "other", lr=1e-5, loss=1.0 + 1e-7 * rank)
        return {
            "gradients": [all_reduce_gradient(*data, shares) for shares in SHARES],
            "walks": [walked(doubles, 1e-5, 8, shares) for shares in SHARES],
            "exploded": walked(doubles, 1e-2, 300, SHARES[0])[0],
            "other data": refused(_in_worker, print, dict(steps=10 + (rank == 2)), other),
            "wrong shares": [refused(all_reduce_gradient, *data, s) for s in ([20], [5] * 4)],
            "listening": listening() if Path("/proc/net/tcp").exists() else ["0100007F"],
        }

    return launch(answers, 3)


def test_workers_find_the_gradient_of_one_process(data, told) -> None:
    for at, shares in enumerate(SHARES):
        found = torch.stack([each["gradients"][at] for each in told])
        assert_close(found[:, 0], share_gradients(*data, shares))
        assert_close(found[:, 1], FULL.expand(3, 3), rtol=1e-6, atol=0)
        assert torch.equal(found[:, 1], found[:1, 1].expand(3, 3))


def test_every_step_of_unequal_shares_is_that_of_one_process(data, told) -> None:
    "In float64: the workers stay one, and each step is along the gradient of all points."
    start, time, speed = (each.double() for each in data)
    leaf, alone, places = start.clone().requires_grad_(), [], []
    for _ in range(8):
        places.append(leaf.detach().clone())
        alone.append(fit(leaf, time, speed, steps=1)[0])
    for walks in zip(*(each["walks"] for each in told), strict=True):
        for losses, found in walks:
            assert_close(losses, torch.stack(alone), rtol=1e-9, atol=0)
            assert_close(found, torch.stack(places), rtol=1e-9, atol=1e-9)
            assert torch.equal(losses, walks[0][0]) and torch.equal(found, walks[0][1])


def test_all_stop_at_the_step_before_the_one_that_is_not_finite(told) -> None:
    losses = [each["exploded"] for each in told]
    assert 2 < len(losses[0]) < 300 and losses[0].isfinite().all()
    assert all(torch.equal(each, losses[0]) for each in losses)


def test_workers_that_were_given_other_data_are_named(told) -> None:
    says = "all workers must be given the same as worker 0, but worker 1 has other speed, worker 2 has other speed and steps"
    assert [each["other data"] for each in told] == [says] * 3


def test_shares_must_fit_the_workers(told) -> None:
    for each in told:
        assert each["wrong shares"][0].startswith("shares must be one for each of 3 workers, got 1")
        assert each["wrong shares"][1].startswith("shares must be one for each of 3 workers, got 4")


def test_workers_listen_to_this_machine_only(told) -> None:
    assert {address for each in told for address in each["listening"]} == {"0100007F"}


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


# How workers end


def say_pid(folder: Path) -> None:
    (folder / str(dist.get_rank())).write_text(str(os.getpid()), encoding="utf-8")


def pids(folder: Path) -> list[int]:
    "Those that both workers have said; none before."
    said = [folder / name for name in "01"]
    return [int(each.read_text()) for each in said if each.exists() and each.read_text()]


def meanwhile(act: Callable[[list[int]], object], folder: Path) -> threading.Thread:
    "Do something to two workers once both have said who they are."

    def wait_and_act() -> None:
        wait_for(lambda: len(pids(folder)) == 2)
        act(pids(folder))

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    return thread


def test_errors_of_a_worker_are_told() -> None:
    def shout() -> None:
        print("here", dist.get_rank())
        if dist.get_rank() == 1:
            raise ValueError("no such speed")
        dist.barrier()

    says = r"worker 1 \(of ranks 0 to 1\) raised ValueError: no such speed"
    with pytest.raises(RuntimeError, match=says) as error:
        launch(shout, 2)
    assert "in shout" in str(error.value.__cause__)


def test_a_worker_killed_from_outside_takes_what_it_started_along(tmp_path: Path) -> None:
    (tmp_path / "started").mkdir()

    def start_and_wait(folder: Path) -> None:
        started = subprocess.Popen([sys.executable, "-Sc", "import time; time.sleep(600)"])
        name = folder / "started" / str(dist.get_rank())
        name.write_text(str(started.pid), encoding="utf-8")
        say_pid(folder)
        if dist.get_rank() == 0:
            dist.recv(torch.zeros(1), 1)
        clock.sleep(600)

    thread = meanwhile(lambda found: os.kill(found[1], signal.SIGKILL), tmp_path)
    with pytest.raises(RuntimeError, match=r"worker 1 .* was killed by SIGKILL"):
        launch(start_and_wait, 2, tmp_path)
    thread.join()
    assert not any(map(alive, pids(tmp_path)))
    started = pids(tmp_path / "started")
    assert len(started) == 2
    wait_for(lambda: not any(map(alive, started)), 10)


def test_a_worker_that_leaves_without_an_answer_is_named() -> None:
    def leave() -> None:
        if dist.get_rank() == 1:
            os._exit(0)

    with pytest.raises(RuntimeError, match=r"worker 1 .* ended with exit code 0 and no answer"):
        launch(leave, 2)


def test_a_worker_that_hangs_is_named() -> None:
    "In a group that waits for one second only."

    def hang() -> None:
        group = dist.new_group(timeout=timedelta(seconds=1))
        if dist.get_rank() == 1:
            clock.sleep(600)
        dist.all_reduce(torch.ones(1), group=group)

    says = "worker 0 .* waited 60 s for the others, in vain: worker 1 hangs or needs longer; all"
    with pytest.raises(RuntimeError, match=says) as error:
        launch(hang, 2)
    assert "Timed out" in str(error.value.__cause__)


def test_an_interrupt_ends_all(tmp_path: Path) -> None:
    def wait(folder: Path) -> None:
        say_pid(folder)
        clock.sleep(600)

    before = descriptors()
    thread = meanwhile(lambda _: os.kill(os.getpid(), signal.SIGINT), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        launch(wait, 2, tmp_path)
    thread.join()
    assert not any(map(alive, pids(tmp_path)))
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
        wait_for(lambda: len(pids(folder)) == 2)
    finally:
        parent.send_signal(how)
        parent.wait()
    wait_for(lambda: not any(map(alive, pids(folder))) and not list(temp.iterdir()), 10)


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
        print("one\\ntwo")
        return self.twice * helped(x)

def helped(x):
    return x if x.sum() < limit else helped(x - 1)

limit = 3.0
print(launch(lambda net: net(torch.tensor([5.0])).item(), 1, Slope(1.5)))
"""


def test_what_only_a_program_without_a_file_has_is_sent_and_prints_are_shown() -> None:
    done = subprocess.run([sys.executable, "-"], input=STDIN, text=True, capture_output=True)
    assert done.stdout == "worker 0: one\nworker 0: two\n[6.0]\n", done.stderr


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    class Unreadable(Exception):
        "Can be sent, and then not be made again: it wants two."

        def __init__(self, one: int, two: int):
            super().__init__()

    with pytest.raises(RuntimeError, match=r"worker 0 \(of ranks 0 to 0\) raised TypeError"):
        launch(lambda: Unreadable(1, 2), 1)


def test_the_same_under_torchrun(data, tmp_path: Path) -> None:
    start, time, speed = data
    file = tmp_path / "run.pt"
    meet = "--nnodes 1 --nproc-per-node 2 --rdzv-backend c10d --rdzv-endpoint 127.0.0.1:0"
    module = "--local-addr 127.0.0.1 -m autograd_tutorial.tools.distributed --steps 6 --checkpoint"
    command = [*f"-m torch.distributed.run {meet} {module}".split(), str(file)]
    done = subprocess.run([sys.executable, *command], text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    printed = torch.tensor([float(line) for line in done.stdout.split()])
    alone = fit(start.clone().requires_grad_(), time, speed, steps=6)
    assert_close(printed, alone, rtol=1e-5, atol=0)
    kept = torch.load(file, weights_only=True)["losses"]
    assert_close(torch.tensor(kept), printed, rtol=1e-5, atol=0)
