"From a cell to its HTML: what is asked, linked, coloured and found, and what is refused."

import json
from pathlib import Path

import pytest
from autograd_tutorial.pictures.plots import COLOURS
from math_core import LatexError

import copies
import pages
import reference
import render

HOMES = {"fit": "reference/fit.html#fit", "no_grad": "reference/engine.html#no_grad"}


def read(folder: Path, *cells: tuple[str, dict | None] | str) -> pages.Page:
    "A page of Markdown cells, and of code cells that are given with their output."
    made = [
        dict(cell_type="markdown", source=cell)
        if isinstance(cell, str)
        else dict(cell_type="code", source=cell[0], outputs=[cell[1]] if cell[1] else [])
        for cell in ("# Fit\n> How?", *cells)
    ]
    made = [each | dict(id=f"fit-{number:02}") for number, each in enumerate(made)]
    path = folder / "02_fit.ipynb"
    path.write_text(json.dumps(dict(cells=made)), encoding="utf-8")
    return pages.read(path)


def body(folder: Path, *cells: tuple[str, dict | None] | str) -> str:
    "The HTML of such a page, in one line."
    page = read(folder, *cells)
    pages.fill(page, HOMES)
    return page.body.replace("\n", "")


def said(text: str) -> dict:
    return dict(output_type="execute_result", data={"text/plain": text})


def shown(html: str) -> dict:
    return dict(output_type="execute_result", data={"text/html": html, "text/plain": "words"})


def test_a_notebook_is_read_once_for_page_and_copy(tmp_path: Path) -> None:
    page = read(
        tmp_path, "Words", ("#| hide\nsecret", None), ("#| exports\ndef fit(): ...", said("6"))
    )
    assert (page.place, page.heading, page.question) == ("fit.html", "Fit", "How?")
    assert [cell.source for cell in page.cells] == ["# Fit\n> How?", "Words", "def fit(): ..."]
    text = copies.as_markdown(page, "{}")
    assert text == "# Fit\n> How?\n\nWords\n\n```python\ndef fit(): ...\n```\n\n    6\n"


def test_sections_have_the_anchors_of_quarto(tmp_path: Path) -> None:
    page = read(tmp_path, "Words", "## Two bugs: `x.grad`, and why?\n\nMore")
    pages.fill(page, {})
    assert page.sections == [("two-bugs-x.grad-and-why", "Two bugs: x.grad, and why?")]
    assert page.body.count("<section") == page.body.count("</section>") == 1


def test_maths_becomes_mathml_with_its_bounds_in_place(tmp_path: Path) -> None:
    found = body(tmp_path, r"At $x^2$:", r"$$\lim_{h \to 0} \sum_{i=1}^n e_0 \; e_k$$")
    assert "<msup>" in found and '<div class="math block">' in found and "alttext=" in found
    assert "<munder>" in found and "<munderover>" in found and "<mspace width=" in found
    with pytest.raises(LatexError, match="Unknown command"):
        body(tmp_path, r"$\foo{x}$")


def test_what_asks_comes_whole_and_with_the_name_of_its_cell(tmp_path: Path) -> None:
    asks = '<div class="agt-exercise" data-told="e30="><p>Not answered yet</p></div>'
    found = body(tmp_path, "**1.** Write it.", ("q1.check(f)", shown(asks)), "Yes.")
    assert 'class="agt-exercise" data-cell="fit-02" data-told="e30="' in found
    page = read(tmp_path, ("q1.check(f)", shown(asks)))
    assert copies.as_markdown(page, "{}").endswith("\n\nwords\n")


def test_only_names_of_this_package_lead_to_the_reference(tmp_path: Path) -> None:
    assert "<a" not in body(tmp_path, "`no_grad` and `other`", "`fits`")
    ours = ("from autograd_tutorial.engine import no_grad", None)
    assert f'<a href="{HOMES["no_grad"]}"><code>no_grad</code></a>' in body(
        tmp_path, ours, "`no_grad`"
    )
    assert body(tmp_path, "[`fit`](03_learning_rate.ipynb#edge)").count("<a") == 1
    assert 'href="learning_rate.html#edge"' in body(tmp_path, "[on](03_learning_rate.ipynb#edge)")
    outside = "https://example.org/nbs/03_learning_rate.ipynb"
    assert f'href="{outside}"' in body(tmp_path, f"[on]({outside})")


def test_what_no_page_can_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be shown"):
        read(tmp_path, ("#| label: fig-1\nx", None))
    with pytest.raises(ValueError, match=r"cannot be shown: .'no'"):
        read(tmp_path, ("x", dict(output_type="error", evalue="no")))
    drawing = dict(output_type="display_data", data={"image/svg+xml": "<svg></svg>"})
    with pytest.raises(ValueError, match="no alternative text"):
        read(tmp_path, ("show()", drawing))


def test_search_finds_code_and_captions_by_section_and_no_answer() -> None:
    page = pages.Page("fit.html", "Fit", "How?")
    page.body = (
        '<p>Intro</p><section id="s"><h2>Head</h2><pre><code><span>torch</span>.<span>stack</span></code></pre>\n<img alt="Dots that fall">'
        '<div class="agt-prediction"><ul><li>6</li></ul><details><p>Six.</p></details></div></section>'
    )
    assert pages.found_in(page) == [
        dict(title="Fit", section="", href="fit.html", text="Intro"),
        dict(title="Fit", section="Head", href="fit.html#s", text="torch.stack Dots that fall"),
    ]


def test_drawings_follow_the_theme_or_are_refused() -> None:
    light, dark = COLOURS["ink"]
    found = pages.themed(f'<svg><path style="fill: {light}; stroke: none"/></svg>')
    assert "fill: var(--ink)" in found and f"--ink:{light};" in found and f"--ink:{dark};" in found
    with pytest.raises(
        ValueError, match=r"colours of plots\.COLOURS alone, got .'#123456', '#ffffff'"
    ):
        pages.themed('<svg><path style="fill: #ffffff; stroke: #123456"/></svg>')


def test_a_page_may_run_the_scripts_that_stand_in_it_and_no_other() -> None:
    page = render.policy(
        "<meta SCRIPTS><script>1</script><script type='application/json'>2</script>"
    )
    assert (
        page.count("sha256-") == 1 and "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=" in page
    )


def test_each_public_name_has_one_home_and_one_example() -> None:
    stated = [name for module in reference.modules() for name in reference.names(module)]
    assert len(stated) == len(set(stated)) == len(reference.homes())
    for module in reference.modules():
        found = reference.examples(module)
        assert list(found) and set(found) == set(reference.names(module)) and all(found.values())
