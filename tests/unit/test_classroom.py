"The page for teachers says what was measured, and the measuring stops where it should."

import itertools
import json
import statistics
import sys

import nbformat
import pytest
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE

from project import LESSONS, ROOT

sys.path.append(str(ROOT / "benchmarks"))

import classroom
import hub

MEASURED = json.loads((ROOT / "benchmarks/classroom.json").read_text(encoding="utf-8"))


def a_class(students: int, answers: list[float]) -> dict:
    "A measurement in which a student costs 500 MB."
    used = {"hub": 100, "proxy": 50, "servers": 100 * students, "kernels": 400 * students}
    return {"students": students, "answers ms": answers, "memory MB": used}


def test_it_stops_when_the_median_passes_a_second() -> None:
    quick, slow = a_class(8, [10, 1000, 9000]), a_class(16, [10, 1001, 1002])
    assert classroom.why_stop([], 1, free=0, kept=1000) == "", "one student is always tried"
    assert classroom.why_stop([quick], 16, free=9000, kept=1000) == ""
    assert classroom.why_stop([quick, slow], 24, free=9000, kept=1000) == "time"
    assert classroom.holds([quick, slow]) == 8
    assert classroom.holds([slow]) == 0


def test_it_stops_before_memory_is_full() -> None:
    quick = a_class(8, [10, 20, 30])
    assert classroom.per_student(quick) == 500
    assert classroom.why_stop([quick], 16, free=5000, kept=1000) == "", "eight more need 4000"
    assert classroom.why_stop([quick], 16, free=4999, kept=1000) == "memory"


def test_statistics_of_answers() -> None:
    assert classroom.summary(list(range(1, 102))) == {"median ms": 51, "p95 ms": 96}
    assert classroom.summary([7]) == {"median ms": 7, "p95 ms": 7}


def test_work_of_others_is_told_apart() -> None:
    before = classroom.Counter(kernels=1.0, students=1.0, machine=10.0)
    after = classroom.Counter(kernels=6.0, students=2.0, machine=26.0)
    assert classroom.at_work(before, after, 10) == {
        "kernels": 0.5,
        "students": 0.1,
        "other work": 1.0,
    }


def test_a_drag_goes_from_stop_to_stop() -> None:
    values = stops(RATE)
    drag = classroom.walk(400, seed=3)
    at = [values.index(value) for value in drag]
    assert len(drag) == 400 and drag == classroom.walk(400, seed=3) != classroom.walk(400, seed=4)
    assert {abs(one - other) for one, other in itertools.pairwise(at)} == {1}


def test_a_student_knows_the_slider_of_the_rate(tmp_path) -> None:
    student = hub.Student("http://127.0.0.1:1/", "someone", tmp_path)
    student.remember(
        "comm_open",
        {"comm_id": "a", "data": {"state": {"_model_name": "FloatLogSliderModel", "value": 1e-5}}},
    )
    student.remember(
        "comm_open",
        {"comm_id": "b", "data": {"state": {"_model_name": "IntSliderModel", "value": 3}}},
    )
    student.remember("comm_msg", {"comm_id": "a", "data": {"state": {"value": 1e-4}}})
    student.remember("stream", {"name": "stdout", "text": "no data"})
    assert student.sliders == {"a": {"_model_name": "FloatLogSliderModel", "value": 1e-4}}


def test_the_report_is_what_was_measured() -> None:
    assert (ROOT / "benchmarks/classroom.md").read_text(encoding="utf-8") == classroom.words(
        MEASURED
    )
    for step in MEASURED["steps"]:
        assert len(step["open s"]) == step["opened at once"]
        assert len(step["answers ms"]) == step["students"] * classroom.SECONDS / classroom.PAUSE


@pytest.fixture(scope="module")
def shown() -> list[str]:
    "What the page for teachers computes, as it is saved."
    cells = nbformat.read(ROOT / "nbs/teachers.ipynb", as_version=4).cells
    found = [
        out.get("data", {}).get("text/markdown")
        for cell in cells
        for out in cell.get("outputs", [])
    ]
    return [text for text in found if text]


def test_the_page_shows_what_was_measured(shown: list[str]) -> None:
    table, summary, faster, opening = shown[1:]
    for step in map(classroom.row, MEASURED["steps"]):
        assert f"| {step['students']} | {step['median ms']:.0f} ms | " in table, (
            "run `make notebooks`"
        )
    machine, last = MEASURED["machine"], MEASURED["steps"][-1]
    assert (
        f"{machine['cores']} cores and {machine['memory GB']} GB held {classroom.holds(MEASURED['steps'])} students"
        in summary
    )
    assert f"A student costs {classroom.per_student(last):.0f} MB" in summary
    assert f"{MEASURED['harder'][-1]['moves a second']} " in faster
    assert (
        f"one core for {statistics.median(map(classroom.core_seconds, MEASURED['steps'])):.0f} s"
        in opening
    )


def test_the_plan_has_every_lesson(shown: list[str]) -> None:
    lines = shown[0].splitlines()[2:]
    assert len(lines) == len(LESSONS)
    for line, path in zip(lines, LESSONS, strict=False):
        title, question = nbformat.read(path, as_version=4).cells[0].source.splitlines()[:2]
        assert f"{int(path.name[:2])}: {title[2:]} | " in line and question[2:] in line, (
            "run `make notebooks`"
        )


def test_dragging_the_site_asks_no_server() -> None:
    assert {way: found["moving"] for way, found in MEASURED["site"].items()} == {
        "over http": 0,
        "after its server ended": 0,
        "from a file": 0,
    }
    assert all(found["pictures"] > found["moves"] / 2 for found in MEASURED["site"].values())
