"The copies that people run: no answer in sight, stills that say how they move, no plumbing."

import json
import re
from pathlib import Path

import pytest

import runnable
from project import LESSONS
from settings import SET_UP

ANSWERS = re.compile(r"\b[pq]\d+\.(ask|check)\(")


def cells(text: str) -> list[dict]:
    return [dict(each, source="".join(each["source"])) for each in json.loads(text)["cells"]]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_a_copy_has_what_its_readers_need_and_no_answer(path: Path) -> None:
    made, kept = cells(runnable.copy(path)), cells(path.read_text(encoding="utf-8"))
    shown = [each for each in kept if not each["source"].startswith("#| export\n")]
    assert [each["id"] for each in made] == [each["id"] for each in shown], "the site names them"
    for copied, cell in zip(made, shown, strict=True):
        plain = re.sub(r"^#\|.*\n", "", cell["source"], flags=re.M)
        assert copied["source"] == plain and "#|" not in plain
        if ANSWERS.search(plain):
            assert cell["outputs"] and not copied["outputs"], plain
    folded = [each["source"] for each in made if each["metadata"]]
    assert len(folded) == 1 and f"#| hide\n{folded[0]}".startswith(SET_UP)
    shown = [runnable.html(out) for each in made for out in each.get("outputs", [])]
    assert all("<b>Run this cell</b>" in html for html in shown if "<img" in html)
    assert not any(re.search("<script|agt-|<svg", html) for html in shown)


def test_what_follows_a_prediction_is_held_back_until_the_text_goes_on(tmp_path: Path) -> None:
    said = [dict(output_type="stream", text="6")]
    told = ["**Predict.** How many?", ("p1.ask(n, 6, 7)", said), ("n", said), "Six.", ("n", said)]
    made = [
        dict(cell_type="markdown", source=each)
        if isinstance(each, str)
        else dict(cell_type="code", source=each[0], outputs=each[1])
        for each in told
    ]
    path = tmp_path / "02_fit.ipynb"
    path.write_text(json.dumps(dict(cells=made, metadata={})), encoding="utf-8")
    outputs = [each.get("outputs") for each in cells(runnable.copy(path))]
    assert outputs == [None, [], [], None, said]
