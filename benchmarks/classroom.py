"""Measure how large a class one machine holds: `python benchmarks/classroom.py [STUDENTS]`, or `make classroom`.

Starts a JupyterHub on this machine, lets more and more students open lesson 3 and drag its slider, and ends
when the median answer passes a second or memory runs out. Then drags the same picture on the site, which
has no kernel, and counts its requests. Writes classroom.json and classroom.md beside itself.
"""

import asyncio
import itertools
import json
import os
import platform
import random
import re
import statistics
import sys
import tempfile
import time as clock
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import httpx
import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "nbs" / "_tools"), str(HERE)]

from autograd_tutorial.pictures.live import stops  # noqa: E402
from autograd_tutorial.pictures.runs import RATE  # noqa: E402

import hub  # noqa: E402
import serve  # noqa: E402

SIZES = (1, 2, 4, 8, *range(16, 201, 8))  # students, each size with those of the last
PAUSE, SECONDS = 0.2, 10  # between two moves of a student; of a drag
HURRY = (6, 7, 8, 10, 12)  # moves a second of each in the last class, until it is too slow
TOO_SLOW = 1000  # ms, of the median answer
KEPT_FREE = 0.15  # of the machine's memory
LONGEST = 2400  # seconds for all classes
MB = 2**20


def walk(count: int, seed: int) -> list[float]:
    "Values of the slider in a drag there and back, from stop to stop."
    chance, values = random.Random(seed), stops(RATE)
    at, way, found = chance.randrange(len(values)), 1, []
    for _ in range(count):
        way = -way if chance.random() < 0.1 or not 0 <= at + way < len(values) else way
        at += way
        found.append(values[at])
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def per_student(step: dict) -> float:
    "MB that one student costs: a server and a kernel."
    return (step["memory MB"]["servers"] + step["memory MB"]["kernels"]) / step["students"]


def core_seconds(step: dict) -> float:
    "Seconds that one core works for a student who opens the lesson, whatever else runs."
    cores = sum(
        value for name, value in step["cores while opening"].items() if name != "other work"
    )
    return cores * step["all open s"] / step["opened at once"]


def why_stop(steps: list[dict], coming: int, free: float, kept: float) -> str:
    "Why a class of `coming` is not tried after `steps`, with `free` MB of which `kept` stay free; empty if it is."
    if not steps:
        return ""
    last = steps[-1]
    if statistics.median(last["answers ms"]) > TOO_SLOW:
        return "time"
    return "memory" if free - kept < (coming - last["students"]) * per_student(last) else ""


def holds(steps: list[dict]) -> int:
    "The largest class whose median answer stayed within a second."
    return max(
        (step["students"] for step in steps if statistics.median(step["answers ms"]) <= TOO_SLOW),
        default=0,
    )


def kind(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    found = {
        "ipykernel_launcher": "kernels",
        "jupyterhub-singleuser": "servers",
        hub.PROXY: "proxy",
    }
    return next((name for mark, name in found.items() if mark in words), "hub")


def family(process: psutil.Process) -> dict[psutil.Process, str]:
    return {each: kind(each) for each in [process, *process.children(recursive=True)]}


def memory(process: psutil.Process) -> dict[str, float]:
    "MB of each kind of process; what several share is shared out among them, where the system tells (PSS)."
    found: Counter[str] = Counter()
    for each, name in family(process).items():
        used = each.memory_full_info()
        found[name] += getattr(used, "pss", used.uss) / MB
    return {name: round(value, 1) for name, value in found.items()}


def busy(process: psutil.Process) -> Counter[str]:
    "Seconds of processor time, so far: each kind, these students, and all that runs on this machine."
    found: Counter[str] = Counter()
    for each, name in [*family(process).items(), (psutil.Process(), "students")]:
        times = each.cpu_times()
        found[name] += times.user + times.system
    whole = psutil.cpu_times()
    found["machine"] = (
        sum(whole)
        - whole.idle
        - getattr(whole, "iowait", 0)
        - getattr(whole, "guest", 0)
        - getattr(whole, "guest_nice", 0)
    )
    return found


async def drag(students: list[hub.Student], process: psutil.Process, pause: float) -> dict:
    "All drag at once."
    load, before, begun = os.getloadavg()[0], busy(process), clock.perf_counter()
    values = [walk(round(SECONDS / pause), seed) for seed, _ in enumerate(students)]
    answers = await asyncio.gather(
        *(each.drag(some, pause) for each, some in zip(students, values, strict=False))
    )
    cores = at_work(before, busy(process), clock.perf_counter() - begun)
    return {
        "load average": round(load, 2),
        "answers ms": [round(1000 * each, 1) for some in answers for each in some],
        "cores": cores,
    }


def at_work(before: Counter[str], after: Counter[str], spent: float) -> dict[str, float]:
    "How many cores each kind of process kept busy for `spent` seconds, and what else ran."
    cores = {name: (after[name] - before[name]) / spent for name in after}
    others = cores.pop("machine") - sum(cores.values())
    return {name: round(value, 2) for name, value in cores.items()} | {
        "other work": round(max(0.0, others), 2)
    }


async def grow(address: str, process: psutil.Process, folder: Path, most: int) -> dict:
    "Classes of growing size, until one is too slow or memory runs out."
    students: list[hub.Student] = []
    steps: list[dict] = []
    kept = KEPT_FREE * psutil.virtual_memory().total / MB
    stopped, begun = "size", clock.perf_counter()
    try:
        for size in (size for size in SIZES if size <= most):
            spent = clock.perf_counter() - begun
            stopped = why_stop(steps, size, psutil.virtual_memory().available / MB, kept) or (
                "clock" if spent > LONGEST else ""
            )
            if stopped:
                break
            try:
                steps.append(await lesson(students, size, address, process, folder))
            except (RuntimeError, TimeoutError, httpx.HTTPError) as error:
                if not steps:
                    raise
                stopped = f"failure: {size} students, {type(error).__name__}: {error}"
                break
            print(json.dumps(row(steps[-1])), flush=True)
        harder = await hurry(students[: steps[-1]["students"]], process)
    finally:
        await asyncio.gather(*(each.leave() for each in students), return_exceptions=True)
    return {"steps": steps, "stopped by": stopped or "size", "harder": harder}


async def hurry(students: list[hub.Student], process: psutil.Process) -> list[dict]:
    "The same class drags faster and faster, until it is too slow."
    found: list[dict] = []
    for often in HURRY:
        await asyncio.sleep(3)
        faster = await drag(students, process, 1 / often)
        found.append(
            {"moves a second": often * len(students), **summary(faster.pop("answers ms")), **faster}
        )
        print(json.dumps(found[-1]), flush=True)
        if found[-1]["median ms"] > TOO_SLOW:
            break
    return found


async def lesson(
    students: list[hub.Student], size: int, address: str, process: psutil.Process, folder: Path
) -> dict:
    "Let students join until there are `size`, all at once, and drag together."
    new = [
        hub.Student(address, f"student-{number}", folder) for number in range(len(students), size)
    ]
    students += new
    load, before, begun = os.getloadavg()[0], busy(process), clock.perf_counter()
    await asyncio.gather(*(each.open() for each in new))
    opened = clock.perf_counter() - begun
    cores = at_work(before, busy(process), opened)
    await asyncio.sleep(3)  # until the last kernel is quiet
    found = await drag(students, process, PAUSE)
    return {
        "students": size,
        "opened at once": len(new),
        "load average before": round(load, 2),
        "all open s": round(opened, 1),
        "cores while opening": cores,
        "open s": [{part: round(taken, 2) for part, taken in each.taken.items()} for each in new],
        "received MB each": round(statistics.mean(each.received for each in new) / MB, 2),
        "memory MB": memory(process),
        **found,
    }


def in_kernels(most: int) -> dict:
    with tempfile.TemporaryDirectory() as scratch, hub.hub(Path(scratch)) as (address, process):
        return asyncio.run(grow(address, process, Path(scratch), most))


MOVES = 50
PICTURE = "learning_rate.html"


def without_kernel() -> dict[str, dict[str, int]]:
    "Requests of the page of lesson 3, while it loads and while its slider moves: over http, after its server ended, from a file."
    from playwright.sync_api import sync_playwright

    import chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with serve.serving() as address:
            over_http = visit(page, asked, address + PICTURE)
        ended = {"loading": 0, **moving(page, asked)}
        from_file = visit(page, asked, (serve.DOCS / PICTURE).as_uri())
        browser.close()
    return {"over http": over_http, "after its server ended": ended, "from a file": from_file}


def visit(page, asked: list[str], address: str) -> dict[str, int]:
    asked.clear()
    page.goto(address)
    for _ in range(page.evaluate("Math.ceil(document.body.scrollHeight / 500)")):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
    page.get_by_role("slider", name="Learning rate").scroll_into_view_if_needed()
    page.locator(".agt-words strong:not(:empty)").first.wait_for()
    page.wait_for_timeout(500)
    return {"loading": len(asked), **moving(page, asked)}


def moving(page, asked: list[str]) -> dict[str, int]:
    "Requests and changes of the picture's words in a drag, there and back."
    asked.clear()
    knob, box = (
        page.locator(".agt-knob").first.bounding_box(),
        page.locator(".agt-box").first.bounding_box(),
    )
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    seen = [page.locator(".agt-words").first.text_content()]
    for move in range(MOVES):
        page.mouse.move(x + box["width"] / 100 * (MOVES / 2 - abs(move - MOVES / 2)), y)
        page.wait_for_timeout(50)
        seen.append(page.locator(".agt-words").first.text_content())
    page.mouse.up()
    return {
        "moving": len(asked),
        "moves": MOVES,
        "pictures": sum(one != other for one, other in itertools.pairwise(seen)),
    }


def summary(answers: list[float]) -> dict[str, float]:
    return {
        "median ms": round(statistics.median(answers), 1),
        "p95 ms": round(percentile(answers, 0.95), 1),
    }


def row(step: dict) -> dict[str, float]:
    opened = [sum(each.values()) for each in step["open s"]]
    return {
        "students": step["students"],
        "opened at once": step["opened at once"],
        "median s to open": round(statistics.median(opened), 1),
        "slowest s": round(max(opened), 1),
        "core s each": round(core_seconds(step), 1),
        **summary(step["answers ms"]),
        "MB a student": round(per_student(step)),
        "GB in all": round(sum(step["memory MB"].values()) / 1024, 1),
        "cores at work": round(sum(step["cores"].values()) - step["cores"]["other work"], 2),
        "other work, cores": step["cores"]["other work"],
        "load before": step["load average before"],
    }


def harder_row(drag: dict) -> dict[str, float]:
    "A faster drag, and how many students at the usual pace make as many moves."
    moves, others = drag["moves a second"], drag["cores"]["other work"]
    as_of = {
        "moves a second": moves,
        "as of students": round(moves * PAUSE),
        "median ms": drag["median ms"],
        "p95 ms": drag["p95 ms"],
    }
    return as_of | {
        "cores at work": round(sum(drag["cores"].values()) - others, 2),
        "other work, cores": others,
    }


def as_table(rows: list[dict]) -> list[str]:
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return lines + ["| " + " | ".join(str(each[head]) for head in heads) + " |" for each in rows]


HOW = f"""How each figure was taken, in one run on one machine, all of it over its loopback:

- JupyterHub with its usual proxy, its dummy authenticator and its simple local spawner, one JupyterLab server and one kernel for each student. A student logs in, waits for the server, reads {hub.LESSON} by the contents API, starts a kernel, and runs the cells up to the explorer over the websocket, with the messages of JupyterLab. Students of one size open at the same moment, and those of smaller sizes stay.
- *To open*: from the log-in page to the explorer. *Core s each*: processor time of all that for one student, which does not depend on what else runs. What a browser would load of JupyterLab itself is not loaded, and no browser runs.
- *Answer*: {SECONDS} s of drag, {1 / PAUSE:g} moves a second from each student, all at the same moments, which is the worst case; from sending a move to the kernel's idle for it. At the end the kernel is asked where its slider stands, and must say what was sent last. What the reader sees does not wait for that answer: the picture follows in the browser.
- *Memory*: proportional set size where the system tells it, so what students share is counted once.
- *Cores at work*: processor time of the hub, its proxy, servers and kernels, and of the students' side, which runs on the same machine, over the time of the drag. *Other work*: what else ran then. *Load before*: the load average as the students came.
- *Requests* of the site: counted in Chromium, at {MOVES} moves of the mouse.
"""


def words(found: dict) -> str:
    machine, steps = found["machine"], found["steps"]
    ends = {
        "time": "the next median answer passes a second",
        "memory": f"the next class would leave less than {found['kept free']:.0%} of the memory free; the median answer has not passed a second",
        "size": "no more were asked for",
        "clock": "the time of this run is over",
    }
    harder = [harder_row(each) for each in found["harder"]]
    site = [{"page of lesson 3": name, **each} for name, each in found["site"].items()]
    return "\n".join(
        [
            "# How large a class one machine holds",
            "",
            f"{machine['cores']} cores, {machine['memory GB']} GB of memory, JupyterHub {machine['jupyterhub']}: {holds(steps)} students, then {ends.get(found['stopped by'], found['stopped by'])}.",
            "",
            *as_table([row(step) for step in steps]),
            "",
            f"The class of {steps[-1]['students']} drags faster, until the median answer passes a second:",
            "",
            *as_table(harder),
            "",
            "The site, without any kernel. Requests:",
            "",
            *as_table(site),
            "",
            HOW,
        ]
    )


def compact(found: dict) -> str:
    "JSON with each list of numbers on one line."
    text = json.dumps(found, indent=1)
    return (
        re.sub(
            r"\[[\d.,\s-]+\]",
            lambda numbers: " ".join(numbers[0].split()).replace("[ ", "[").replace(" ]", "]"),
            text,
        )
        + "\n"
    )


def main(most: int | None) -> None:
    machine = {
        "cores": os.cpu_count(),
        "memory GB": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.system(),
        "jupyterhub": version("jupyterhub"),
    }
    site = without_kernel()
    print(site, flush=True)
    found = {
        "machine": machine,
        "kept free": KEPT_FREE,
        **in_kernels(most or max(SIZES)),
        "site": site,
    }
    print(words(found))
    if most is None:
        (HERE / "classroom.json").write_text(compact(found), encoding="utf-8")
        (HERE / "classroom.md").write_text(words(found), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
