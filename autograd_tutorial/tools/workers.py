"A function, run by several processes that can talk to each other."

from __future__ import annotations

import logging
import os
import pickle
import re
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from typing import Any, NoReturn, TypeVar

import cloudpickle
import torch
import torch.distributed as dist
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, Std, SubprocessContext

from autograd_tutorial.core.checks import check_function, check_whole

__all__ = ["in_group", "launch", "process_group", "worker_device"]  # what readers call
Result = TypeVar("Result")
MOST_WORKERS = 64  # processes that `launch` starts on one machine
_PATIENCE = 60  # seconds that a worker waits for the others, at the start and in each operation
_GRACE = 1.0  # seconds in which others may show that they failed first
_WAITED = re.compile(r"(?i)timed out waiting \d+ ?ms|wait timeout")  # as Gloo and the store say it
_BOOT = (
    "import sys; folder, parent, *sys.path = sys.argv[1:];"
    " from autograd_tutorial.tools.workers import work; work(folder, int(parent))"
)

logging.getLogger("torch.distributed.elastic.multiprocessing.api").disabled = True  # `launch` tells


def check_sendable(
    **values: Any,  # each under the name that the message gives it
) -> None:
    "`TypeError` unless all can be sent to a worker."
    for name, value in values.items():
        try:
            cloudpickle.dumps(value)
        except Exception as error:
            wanted = f"{name} must be something that can be sent to a worker"
            raise TypeError(f"{wanted}, got {type(value).__name__}: {error}") from None


def in_group() -> bool:
    "Whether this process was started as one of a group."
    return {"RANK", "WORLD_SIZE", "LOCAL_RANK"} <= os.environ.keys()


def worker_device() -> torch.device:
    "A GPU of its own where there is one for each worker of this machine, else the CPU."
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if not dist.is_nccl_available() or torch.cuda.device_count() < here:
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(device)
    return device


@contextmanager
def process_group() -> Iterator[None]:
    "Meet the others of `torchrun`, part at the end; those of `launch` have met. `ValueError` without any."
    if dist.is_initialized():
        yield
        return
    _meet("env://")
    try:
        yield
    finally:
        sleep(0.1)  # old versions of PyTorch lock up here while a thread of theirs still cleans up
        dist.destroy_process_group()


def _meet(where: str) -> None:
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if worker_device().type == "cuda" else "gloo",
        init_method=where,
        rank=int(os.environ.get("RANK", -1)),
        world_size=int(os.environ.get("WORLD_SIZE", -1)),
        timeout=timedelta(seconds=_PATIENCE),
    )


def launch(
    function: Callable[..., Result],  # what each worker runs; inside, `torch.distributed` is ready
    workers: int,  # how many processes, from 1 to 64
    *args: Any,  # what each gets
) -> list[Result]:  # what each returned, by rank
    "Run `function` in processes here; `TypeError` or `ValueError` on bad input, `RuntimeError` that names the worker that failed or kept the others waiting for 60 s."
    check_function(function, "function")
    check_whole(workers, "workers", 1, MOST_WORKERS)
    if os.name != "posix" or not sys.executable:
        raise OSError("launch needs Linux or macOS and a Python that knows where it is")
    check_sendable(function=function, **{f"args[{at}]": value for at, value in enumerate(args)})
    with TemporaryDirectory(prefix="workers-") as folder:
        Path(folder, "job").write_bytes(cloudpickle.dumps((function, args)))
        group = _Group(folder, workers)
        try:
            group.start()
            ended = None
            while ended is None and not group.quitters():
                ended = group.wait(timeout=0.5, period=0.05)
        finally:
            group.close()
        for rank, file in group.stdouts.items():
            for line in _lines(file):
                print(f"worker {rank}: {line}")
        if ended and ended.failures:
            first = min(ended.failures.values(), key=lambda failure: failure.timestamp)
            group.blame(first.local_rank, first.exitcode)
        for rank in group.quitters():
            group.blame(rank, 0)
        answers = [Path(folder, f"{rank}.answer") for rank in range(workers)]
        return [pickle.loads(answer.read_bytes()) for answer in answers]


class _Group(SubprocessContext):
    "Processes in sessions of their own; what signals do to this one stays as it is."

    def __init__(self, folder: str, workers: int):
        self.folder = Path(folder)
        networks = [name for _, name in socket.if_nameindex() if name.startswith("lo")]
        common = dict(
            WORLD_SIZE=str(workers),
            LOCAL_WORLD_SIZE=str(workers),
            OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "1"),
            GLOO_SOCKET_IFNAME=networks[0],  # lo or lo0, which does not leave this machine
        )
        envs = {r: dict(common, RANK=str(r), LOCAL_RANK=str(r)) for r in range(workers)}
        args = dict.fromkeys(envs, ("-c", _BOOT, folder, str(os.getpid()), *sys.path))
        logs = DefaultLogsSpecs(folder, Std.ALL)
        super().__init__("worker", sys.executable, args, envs, logs)

    def start(self) -> None:
        SubprocessContext._start(self)

    def close(self, death_sig: signal.Signals | None = None, timeout: int = 30) -> None:
        "End all of them at once, and whatever they started."
        for pid in self.pids().values():
            with suppress(ProcessLookupError, PermissionError):  # all have ended
                os.killpg(pid, signal.SIGKILL)
        super().close(signal.SIGKILL, timeout)

    def quitters(self) -> list[int]:
        "Who ended as if all were well, and left no answer."
        ended = [r for r, handler in self.subprocess_handlers.items() if handler.proc.poll() == 0]
        return [rank for rank in ended if not (self.folder / f"{rank}.answer").exists()]

    def blame(self, rank: int, code: int) -> NoReturn:
        "`RuntimeError` about the one that failed first: whoever died took the others along."
        who = f"worker {rank} (of ranks 0 to {self.nprocs - 1})"
        error = self.folder / f"{rank}.error"
        if not error.exists():
            how = f"ended with exit code {code} and no answer"
            if code < 0:
                how = f"was killed by {signal.Signals(-code).name}"
            said = "\n".join(_lines(self.stderrs[rank])[-20:])
            words = f". Its last words:\n{said}" if said else ""
            raise RuntimeError(f"{who} {how}; the others were ended{words}")
        what, trace = pickle.loads(error.read_bytes())
        cause = RuntimeError(f"in the worker:\n\n{trace}")
        if not _WAITED.search(what):
            raise RuntimeError(f"{who} raised {what}") from cause
        silent = [str(r) for r in range(self.nprocs) if not list(self.folder.glob(f"{r}.*"))]
        others = f"worker {' and '.join(silent)}" if silent else "some other worker"
        waited = f"waited {_PATIENCE} s for the others, in vain: {others} hangs or needs longer"
        raise RuntimeError(f"{who} {waited}; all were ended") from cause


def _lines(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()


def work(
    folder: str,  # where the job is, and where answers go
    parent: int,  # the process that started this one, and that it ends with
) -> None:
    "All that a worker does, from its first line to its last: `launch` starts it."
    Thread(target=_follow, args=(folder, parent), daemon=True).start()
    own = Path(folder, os.environ["RANK"])
    try:
        _meet(f"file://{folder}/store")
        function, args = pickle.loads(Path(folder, "job").read_bytes())
        answer = cloudpickle.dumps(function(*args))
        pickle.loads(answer)  # it can be read, too
        own.with_suffix(".answer").write_bytes(answer)
        while len(list(own.parent.glob("*.answer"))) < dist.get_world_size():
            sleep(0.02)  # others may still be reading from this one
    except BaseException as error:
        told = (f"{type(error).__name__}: {error}", traceback.format_exc())
        own.with_suffix(".error").write_bytes(pickle.dumps(told))
        sleep(_GRACE)
    sys.stdout.flush()
    os._exit(own.with_suffix(".error").exists())


def _follow(folder: str, parent: int) -> None:
    "End as soon as the parent has ended or has given up, with whatever this one started."
    while os.getppid() == parent and os.path.exists(folder):
        sleep(0.5)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
