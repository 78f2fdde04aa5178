"Run somebody else's function: not for ever, under plain settings, and without a trace."

import io
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import Any

import torch

TICK = 0.1  # s between two looks at the clock


class TimeIsUp(BaseException):
    "Raised into a function that takes too long."


def has_timer() -> bool:
    "Only a main thread has one, and not everywhere."
    return current_thread() is main_thread() and hasattr(signal, "setitimer")


def within(
    seconds: float,  # of work; while a module is imported, the clock stands still
    job: Callable[[], object],
) -> bool:
    "Whether `job` ended in time; without a timer there is no limit."
    if not has_timer():
        job()
        return True
    left, last, over = seconds, monotonic(), False

    def tick(_: int, frame: FrameType | None) -> None:
        nonlocal left, last
        passed, last = monotonic() - last, monotonic()
        if not _is_importing(frame):  # half a module would be of no use to later cells
            left -= passed
            if left <= 0 and not over:
                raise TimeIsUp  # again at each tick: an `except:` may swallow it

    handler, timer = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    try:
        signal.signal(signal.SIGALRM, tick)
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        job()
    except TimeIsUp:
        return False
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *timer)
    return True


def _is_importing(frame: FrameType | None) -> bool:
    while frame and frame.f_code is not within.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def plain_settings() -> Iterator[None]:
    "Torch as a fresh kernel has it, whatever was set; afterwards as it was, whatever is set."
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    strict = torch.get_deterministic_debug_mode()
    torch.set_default_dtype(torch.float32)
    if device.type != "cpu":
        torch.set_default_device("cpu")  # after None torch 2.3 cannot say what the default is
    try:
        with (
            torch.random.fork_rng(devices=[]),
            torch.inference_mode(False),
            torch.enable_grad(),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            torch.set_deterministic_debug_mode("warn")  # then `torch.empty` holds nan, not luck
            yield
    finally:
        torch.set_deterministic_debug_mode(strict)
        torch.set_default_dtype(dtype)
        if torch.get_default_device() != device:
            torch.set_default_device(device)


def run(
    function: Callable[..., Any],
    *given: Any,  # its arguments
) -> tuple[Any, BaseException | None]:
    "What it returns, or what it raises: anything but an interrupt and the end of its time."
    try:
        with plain_settings():
            return function(*given), None
    except (KeyboardInterrupt, TimeIsUp):
        raise
    except BaseException as error:
        return None, error


class Page(io.StringIO):
    "Takes down what is printed until it is full, and stays open, whoever closes it."

    is_full = False

    def write(self, text: str) -> int:
        self.is_full = self.is_full or self.tell() > 2000
        return len(text) if self.is_full else super().write(text[:2000])

    def close(self) -> None: ...
