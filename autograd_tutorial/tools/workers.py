"""A function, run by several processes that can talk to each other."""

from __future__ import annotations

import ctypes
import os
import pickle
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, TypeVar

import cloudpickle
import torch
import torch.distributed as dist

from autograd_tutorial.core.checks import check_function, check_whole

_Result = TypeVar("_Result")
MOST_WORKERS = 64  # processes that `launch` starts on one machine
_GRACE = 1.5  # seconds in which others may show that they failed first
_PATIENCE = 60.0  # seconds that a worker waits for the others


def check_sendable(
    value: Any,  # what the caller gave
    name: str,  # its name in the message
) -> None:
    "`TypeError` unless `value` can be sent to a worker."
    try:
        cloudpickle.dumps(value)
    except Exception as error:
        raise TypeError(
            f"{name} must be something that can be sent to a worker, got {type(value).__name__}: {error}"
        ) from None


@contextmanager
def process_group(
    seconds: float = _PATIENCE,  # how long one waits for the others, at the start and in each operation, > 0
) -> Iterator[None]:
    "Meet the others as the environment says, part at the end; `ValueError` without `torchrun` or `launch`."
    _join(seconds)
    try:
        yield
    finally:
        sleep(0.1)  # old versions of PyTorch lock up here while a thread of theirs still cleans up
        dist.destroy_process_group()


def _join(seconds: float) -> None:
    if not in_group():
        raise ValueError(
            "process_group must run under torchrun or launch, got an environment without RANK and WORLD_SIZE"
        )
    backend = "cpu:gloo,cuda:nccl" if worker_device().type == "cuda" else "gloo"
    dist.init_process_group(backend, timeout=timedelta(seconds=seconds))


def in_group() -> bool:
    "Whether this process was started as one of a group."
    return {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys()


def worker_device() -> torch.device:
    "A GPU of its own where there is one for each worker of this machine, else the CPU; `ValueError` outside a group."
    if not in_group():
        raise ValueError(
            "worker_device must run under torchrun or launch, got an environment without LOCAL_RANK"
        )
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if dist.is_nccl_available() and torch.cuda.device_count() >= here:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
        return device
    return torch.device("cpu")


@contextmanager
def _meeting_point(workers: int) -> Iterator[list[dict[str, str]]]:
    "The environment of each worker, while there is somewhere to meet."
    listener = socket.create_server(("127.0.0.1", 0), backlog=2 * MOST_WORKERS)
    port = listener.getsockname()[1]
    store = dist.TCPStore(
        "127.0.0.1",
        port,
        is_master=True,
        wait_for_workers=False,
        master_listen_fd=listener.detach(),
    )
    common = dict(
        MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(port),
        WORLD_SIZE=str(workers),
        LOCAL_WORLD_SIZE=str(workers),
        TORCHELASTIC_USE_AGENT_STORE="True",  # as under torchrun: the store is there already
        TORCHELASTIC_RESTART_COUNT="0",
        GLOO_SOCKET_IFNAME=_loopback(),
    )
    ranks = [dict(common, RANK=str(rank), LOCAL_RANK=str(rank)) for rank in range(workers)]
    try:
        yield [{"OMP_NUM_THREADS": "1", **os.environ, **each} for each in ranks]
    finally:
        del store


def _loopback() -> str:
    "What this machine calls the network that does not leave it: lo, or lo0."
    names = [name for _, name in socket.if_nameindex() if name.startswith("lo")]
    return names[0] if names else "lo"


_BOOT = "; ".join(
    (
        "import sys",
        "sys.path = [path for path in sys.path if path]",  # no pickle.py of the folder that it starts in
        "import pickle",
        "sys.path = pickle.load(sys.stdin.buffer)",
        "from autograd_tutorial.workers import _work",
        "_work(int(sys.argv[1]))",
    )
)


_WAITED = re.compile(
    r"(?i)timed out waiting \d+ ?ms|wait timeout after \d+ ?ms"
)  # as Gloo and the store say it


def _work(answer: int) -> None:
    "All that a worker does."
    job = pickle.load(sys.stdin.buffer)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(
            1, int(signal.SIGKILL)
        )  # PR_SET_PDEATHSIG: for when Python itself hangs
    Thread(target=_watch_parent, daemon=True).start()
    said = _done(job)
    sys.stdout.flush()
    with open(answer, "wb") as pipe:
        pipe.write(said)
    Event().wait()  # others may still be reading from it: the parent ends all, once all have answered


def _watch_parent() -> None:
    os.read(0, 1)  # nothing ever comes: this ends when the other side is closed
    os._exit(1)


def _done(job: bytes) -> bytes:
    try:
        _join(_PATIENCE)
        function, args = pickle.loads(job)
        said: bytes = cloudpickle.dumps(("done", function(*args)))
        return said
    except BaseException as error:
        how = (
            "waited" if isinstance(error, RuntimeError) and _WAITED.search(str(error)) else "raised"
        )
        return pickle.dumps((how, f"{type(error).__name__}: {error}", traceback.format_exc()))


class _Worker:
    "A process as its parent sees it."

    def __init__(self, rank: int, environment: dict[str, str]):
        self.rank, self.said = rank, bytearray()
        self.printed = tempfile.TemporaryFile()  # as long as the worker
        self.errors = tempfile.TemporaryFile()
        self.answer, theirs = os.pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, str(theirs)],
                stdin=subprocess.PIPE,
                stdout=self.printed,
                stderr=self.errors,
                pass_fds=[theirs],
                env=environment,
                start_new_session=True,
            )
        finally:
            os.close(theirs)

    def give(self, job: bytes) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):  # it has died: its answer will say so
            self.process.stdin.write(job)
            self.process.stdin.flush()

    @cached_property
    def verdict(self) -> tuple[Any, ...]:
        "done, waited, raised or died, and what is known of it: asked for once it has answered."
        try:
            told: tuple[Any, ...] = pickle.loads(self.said)
            return told
        except Exception as error:
            why = (
                f"{type(error).__name__} when its answer was read: {error}",
                traceback.format_exc(),
            )
        try:
            return "died", self.process.wait(0 if self.said.endswith(pickle.STOP) else _GRACE)
        except subprocess.TimeoutExpired:  # it lives, and has said all that it had to say
            return "raised", *why

    def heard(self) -> str:
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip()[-2000:]

    def kill(self) -> None:
        "It, and whatever it started: its session is its own."
        with suppress(ProcessLookupError, PermissionError):  # all have ended
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        self.kill()
        self.process.wait()
        assert self.process.stdin
        with suppress(OSError):
            self.process.stdin.close()
        os.close(self.answer)

    def show(self) -> None:
        "Print what it printed."
        self.printed.seek(0)
        for line in self.printed.read().decode(errors="replace").splitlines():
            print(f"worker {self.rank}: {line}")


def launch(
    function: Callable[..., _Result],  # what each worker runs; inside, `torch.distributed` is ready
    workers: int,  # how many processes, from 1 to 64
    *args: Any,  # what each gets
) -> list[_Result]:  # what each returned, by rank
    "Run `function` in processes here; `TypeError` or `ValueError` on bad input, `RuntimeError` that names the worker that failed or kept the others waiting for 60 s."
    _check_launch(function, workers, args)
    job = pickle.dumps(sys.path) + pickle.dumps(cloudpickle.dumps((function, args)))
    group: list[_Worker] = []
    try:
        with _meeting_point(workers) as environments:
            for rank, environment in enumerate(environments):
                group.append(_Worker(rank, environment))
            for worker in group:
                worker.give(job)
            ended = _ended(group)
    finally:
        _end(group)
    for worker in group:
        worker.show()
    _blame(ended, workers)
    return [worker.verdict[1] for worker in group]


def _check_launch(function: Any, workers: Any, args: tuple[Any, ...]) -> None:
    check_function(function, "function")
    check_whole(workers, "workers", 1, MOST_WORKERS)
    if os.name != "posix" or not sys.executable:
        raise OSError("launch needs Linux or macOS and a Python that knows where it is")
    check_sendable(function, "function")
    for at, value in enumerate(args):
        check_sendable(value, f"args[{at}]")


def _ended(group: list[_Worker]) -> list[_Worker]:
    "Those that ended, in their order: all, or after a failure those that end within `_GRACE`."
    ended: list[_Worker] = []
    until = None
    with selectors.DefaultSelector() as waiting:
        for worker in group:
            waiting.register(worker.answer, selectors.EVENT_READ, worker)
        while waiting.get_map() and (until is None or monotonic() < until):
            for key, _ in waiting.select(None if until is None else max(0.0, until - monotonic())):
                part = os.read(key.fd, 1 << 20)
                key.data.said += part
                if not part:
                    waiting.unregister(key.fd)
                    ended.append(key.data)
                    if key.data.verdict[0] != "done" and until is None:
                        until = monotonic() + _GRACE
    return ended


def _end(group: list[_Worker]) -> None:
    for worker in group:  # first all, without a wait between
        worker.kill()
    for worker in group:
        worker.end()


def _blame(ended: list[_Worker], workers: int) -> None:
    "`RuntimeError` about the one that failed first: whoever died took the others along."
    told = [(worker, *worker.verdict) for worker in ended]
    failed = [each for how in ("died", "waited", "raised") for each in told if each[1] == how]
    if not failed:
        return
    worker, how, what, *more = failed[0]
    who = f"worker {worker.rank} (of ranks 0 to {workers - 1})"
    if how == "waited":
        silent = sorted(set(range(workers)) - {each.rank for each in ended})
        others = (
            f"worker {' and '.join(map(str, silent))} hangs or needs longer"
            if silent
            else "some other worker hung or needed longer"
        )
        raise RuntimeError(
            f"{who} waited {_PATIENCE:g} s for the others, in vain: {others}; all were ended"
        ) from RuntimeError(f"in the worker:\n\n{more[0]}")
    if how == "raised":
        raise RuntimeError(f"{who} raised {what}") from RuntimeError(f"in the worker:\n\n{more[0]}")
    why = (
        f"was killed by {signal.Signals(-what).name}"
        if what < 0
        else f"ended with exit code {what} and no answer"
    )
    said = worker.heard()
    raise RuntimeError(
        f"{who} {why}; the others were ended" + (f". Its last words:\n{said}" if said else "")
    )
