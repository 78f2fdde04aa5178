"""Measure how fast a picture follows a slider: `python benchmarks/bench.py`, or `make bench`.

Writes results.json (every single measurement) and results.md (the table) beside itself.
"""

import json
import os
import platform
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests"), str(HERE)]

import chromium  # noqa: E402
import pictures  # noqa: E402

FRAME = 1000 / 60
MOVES = 80
DRAG = 3.0  # seconds


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    "The address of a JupyterLab over `folder`, as `make lab` starts it."
    log = folder.parent / "log"
    command = [sys.executable, ROOT / "nbs/_tools/lab.py", folder, "--no-browser"]
    env = {key: value for key, value in os.environ.items() if key != "AUTOGRAD_TUTORIAL_STATIC"}
    server = subprocess.Popen(
        command, stdout=log.open("w"), stderr=subprocess.STDOUT, env=env, start_new_session=True
    )
    try:
        for _ in range(240):
            clock.sleep(0.5)
            if found := re.search(
                r"http://127\.0\.0\.1:\d+/lab/tree/\S+token=\w+", log.read_text()
            ):
                break
        else:
            raise TimeoutError(log.read_text())
        yield found[0]
    finally:
        os.killpg(server.pid, signal.SIGKILL)


def prepare(page: Page, address: str, folder: Path, cell: str) -> Locator:
    "Run `cell` in a notebook of its own, and return the handle of its slider."
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text) for text in (pictures.SETUP, cell)]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, folder / "bench.ipynb")
    page.goto(address.replace("01_gradients.ipynb", "bench.ipynb") + "&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    handle = page.locator(".jp-OutputArea .widget-slider .noUi-handle").first
    handle.wait_for(timeout=120_000)
    page.wait_for_timeout(4000)
    handle.scroll_into_view_if_needed()
    return handle


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def measure(
    page: Page, x: float, y: float, width: float, selector: str, mark: str
) -> dict[str, list[float]]:
    "Milliseconds from each single move to its picture; then the pictures of a continuous drag."
    page.evaluate("([s, m]) => probe.watch(s, m)", [selector, mark])
    page.wait_for_timeout(500)
    page.mouse.move(x, y)
    page.mouse.down()
    single: list[float] = []
    stride = width / 80  # more than a stop
    for move in range(MOVES):
        page.evaluate("probe.shown = []")
        page.mouse.move(x + stride * (1 + move % 20), y)
        try:
            page.wait_for_function("probe.shown.length > 0", timeout=5000, polling="raf")
        except Exception as error:
            raise RuntimeError(f"no picture followed move {move}") from error
        single.append(page.evaluate("probe.shown[0] - probe.moved"))
        quiet(page)
    page.evaluate("probe.shown = []")
    begun, moves = clock.monotonic(), 0
    while (spent := clock.monotonic() - begun) < DRAG:
        there_and_back = abs((spent * 20) % 40 - 20)
        page.mouse.move(x + stride * there_and_back + (moves % 2) * stride, y)
        moves += 1
        clock.sleep(max(0, 0.012 - (clock.monotonic() - begun - spent)))
    last = page.evaluate("probe.moved")
    page.wait_for_timeout(3000)
    shown = page.evaluate("probe.shown")
    page.mouse.up()
    during = [at for at in shown if at <= last]
    return {
        "single": single,
        "painted_per_second": [len(during) / DRAG],
        "moves_per_second": [moves / DRAG],
        "settles": [max(0.0, shown[-1] - last)],
    }


def pull(page: Page, mark: str) -> dict[str, list[float]]:
    "The same for a point of the fit, sideways: the times and so the curvatures change, too."
    point = page.locator(".agt-dot").nth(6)
    point.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    width = page.locator(".agt-panel > svg > svg").first.bounding_box()["width"]
    return measure(
        page, *middle(point), width, ".agt-panels:has(.agt-dot) .agt-line.agt-present", mark
    )


def quiet(page: Page) -> None:
    "Wait until nothing has been painted for a fifth of a second."
    page.wait_for_function(
        "(() => { const last = probe.shown.at(-1) ?? 0; return performance.now() - last > 200; })()",
        polling="raf",
    )


def in_browser(wanted: list[str]) -> dict[str, dict[str, list[float]]]:
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    results = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        name, selector, mark = pictures.KERNEL_FREE
        pulls = {name: mark for name, mark in pictures.PULLS.items() if name in wanted}
        if page_pull := next((each for each in pulls if "kernel-free" in each), None):
            page = fresh(browser)
            page.goto((ROOT / "docs/learning_rate.html").as_uri())
            results[page_pull] = report(page_pull, pull(page, pulls.pop(page_pull)))
            page.close()
        if name in wanted:
            page = fresh(browser)
            page.goto((ROOT / "docs/learning_rate.html").as_uri())
            slider = page.get_by_role("slider", name="Learning rate")
            slider.scroll_into_view_if_needed()
            page.locator(".agt-words strong:not(:empty)").first.wait_for()
            box = page.locator(".agt-box").first.bounding_box()
            knob = page.locator(".agt-knob").first
            results[name] = report(name, measure(page, *middle(knob), box["width"], selector, mark))
            page.close()
        folder = Path(scratch) / "nbs"
        folder.mkdir()
        with jupyterlab(folder) as address:
            for name, mark in pulls.items():
                page = fresh(browser)
                prepare(page, address, folder, pictures.OURS)
                results[name] = report(name, pull(page, mark))
                page.close()
            for name, (cell, selector, mark) in pictures.KERNEL.items():
                if name not in wanted:
                    continue
                page = fresh(browser)
                handle = prepare(page, address, folder, cell)
                width = page.locator(
                    ".jp-OutputArea .widget-slider .noUi-target"
                ).first.bounding_box()["width"]
                results[name] = report(name, measure(page, *middle(handle), width, selector, mark))
                page.close()
        browser.close()
    return results


def fresh(browser) -> Page:
    page = browser.new_page(viewport={"width": 1300, "height": 1000}, bypass_csp=True)
    page.add_init_script(path=HERE / "probe.js")
    return page


def report(name: str, found: dict[str, list[float]]) -> dict[str, list[float]]:
    print(f"{name}: {row(found)}", flush=True)
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def row(found: dict[str, list[float]]) -> dict[str, float]:
    single = found["single"]
    return {
        "median ms": round(statistics.median(single), 1),
        "p95 ms": round(percentile(single, 0.95), 1),
        "median frames": round(statistics.median(single) / FRAME, 2),
        "p95 frames": round(percentile(single, 0.95) / FRAME, 2),
        "painted/s in a drag": round(found["painted_per_second"][0], 1),
        "moves/s in that drag": round(found["moves_per_second"][0], 1),
        "settles after ms": round(found["settles"][0], 1),
    }


def seconds(act: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        begun = clock.perf_counter()
        act()
        taken.append(clock.perf_counter() - begun)
    return taken


def of_the_sweep() -> dict[str, object]:
    "The batched sweep against the loop, and how it grows; each figure is the median of several runs in this process."
    import torch
    from autograd_tutorial.fit import fit, make_data, mse
    from autograd_tutorial.learning_rate import sweep

    time, speed = make_data()
    start = torch.tensor([-0.7658386, -0.7506223, 1.3525478])
    rates = torch.logspace(-7, -4.5, 101)
    losses = sweep(rates, 200, time, speed, start)[0]
    looped = torch.stack(
        [
            fit(start.clone().requires_grad_(), time, speed, lr=lr, steps=200, loss_fn=mse)
            for lr in rates[::20]
        ]
    )
    torch.testing.assert_close(losses[::20, :200], looped)
    loop = seconds(lambda: fit(start.clone().requires_grad_(), time, speed, lr=1e-5, steps=200), 9)
    batch = seconds(lambda: sweep(rates, 200, time, speed, start), 9)
    growth = {}
    for count in (10, 100, 1000, 10_000):
        many = torch.logspace(-7, -4.5, count)
        growth[count] = seconds(partial(sweep, many, 200, time, speed, start), 5)
    ratio = statistics.median(loop) / (statistics.median(batch) / len(rates))
    return {
        "loop s": loop,
        "batch of 101 s": batch,
        "times cheaper per trajectory": ratio,
        "growth s": growth,
        "10000 against 100": statistics.median(growth[10_000]) / statistics.median(growth[100]),
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


HOW = """How each figure was taken, in one run on one machine:

- *Slider event to changed pixels*: {moves} real moves of the mouse with its button held, one at a time, each over at least one stop of the slider. The clock starts when the move reaches the page and stops at the start of the first frame that finds the picture changed, so that its pixels have been painted. The next move waits until nothing has been painted for 0.2 s. A frame is 16.7 ms.
- *Painted in a drag*: frames with a changed picture, in a second of a drag of {drag:g} s there and back. The next move is sent when the page has taken the last one: a busy page takes fewer.
- *Settles*: from the last move of that drag to the last changed frame.
- *A point pulled*: the same with a point of the fit in place of the slider's knob, moved sideways. The page trains 200 steps at each move, and in JupyterLab PyTorch does so after it; *to PyTorch's answer* stops at the first frame that shows its numbers.
- Every picture but ours trains 200 steps in the kernel at each move. Ours has trained at every stop of the slider before the first move, when its cell was run.
- *Sweep*: 200 steps on the mse at 101 rates in one batch against `fit` at one rate; medians of nine runs. The losses are asserted to be equal to float32 tolerance first. Growth: medians of five runs. Peak memory is that of the whole process, PyTorch included.
"""


def table(results: dict, sweeping: dict) -> str:
    rows = {name: row(found) for name, found in results.items()}
    heads = list(next(iter(rows.values())))
    lines = [
        "# What was measured",
        "",
        "| picture | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    lines += [
        f"| {name} | " + " | ".join(str(values[head]) for head in heads) + " |"
        for name, values in rows.items()
    ]
    if {"interact + matplotlib", "ours, ipywidgets in JupyterLab"} <= set(rows):
        slow, fast = (
            rows[name]["median ms"]
            for name in ("interact + matplotlib", "ours, ipywidgets in JupyterLab")
        )
        lines += [
            "",
            f"In JupyterLab ours follows {slow / fast:.1f} times faster than `interact` with matplotlib.",
        ]
    growth = {count: statistics.median(taken) for count, taken in sweeping["growth s"].items()}
    lines += [
        "",
        f"The batched sweep of 101 rates costs {sweeping['times cheaper per trajectory']:.0f} times less per trajectory than the loop.",
        "",
        "| rates | seconds for 200 steps |",
        "|---|---|",
        *(f"| {count:,} | {taken:.3f} |" for count, taken in growth.items()),
        "",
        f"10,000 rates cost {sweeping['10000 against 100']:.1f} times 100 rates; the process peaked at {sweeping['peak memory MB']:.0f} MB.",
        "",
        HOW.format(moves=MOVES, drag=DRAG),
    ]
    return "\n".join(lines)


def main(wanted: list[str]) -> None:
    sweeping = of_the_sweep()
    print({key: value for key, value in sweeping.items() if isinstance(value, float)}, flush=True)
    names = [*pictures.KERNEL, *pictures.PULLS, pictures.KERNEL_FREE[0]]
    results = in_browser(
        [name for name in names if not wanted or any(word in name for word in wanted)]
    )
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    if not wanted:
        (HERE / "results.json").write_text(
            json.dumps({"machine": machine, "pictures": results, "sweep": sweeping}, indent=1)
            + "\n"
        )
        (HERE / "results.md").write_text(table(results, sweeping))
        print(f"wrote {HERE / 'results.md'}")


if __name__ == "__main__":
    main(sys.argv[1:])
