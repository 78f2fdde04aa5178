"The adapter between smalldocs and the site: what it changes, and that it speaks up."

import pytest
from autograd_tutorial.pictures.plots import COLOURS
from bs4 import BeautifulSoup, Tag

import copies
import pages
import render
from project import ROOT

MENU = (
    '<nav id="quarto-sidebar"><div class="sidebar-menu-container"><ul>'
    '<li class="sidebar-item"><div><a href="index.html"><span class="menu-text">Overview</span></a></div></li>'
    '<li class="sidebar-item sidebar-item-section"><div class="sidebar-item-container"><span class="menu-text">Part</span></div>'
    '<ul><li class="sidebar-item"><a href="fit.html" aria-current="page"><span class="menu-text">Fit</span></a></li>'
    '<li class="sidebar-item"><span class="menu-text">Later</span></li></ul></li></ul></div></nav>'
)
MAIN = (
    '<main id="quarto-document-content"><header id="title-block-header"><h1 class="title">Fit</h1>'
    '<div class="description">How?</div></header>{}<nav class="page-navigation"></nav></main>'
)


def body(html: str) -> Tag:
    "What stands between the tags of `main` when `html` has been adapted."
    main = BeautifulSoup(f"<main>{html}</main>", "html.parser").main
    pages.adapt(main)
    return main


def test_a_page_is_taken_apart() -> None:
    page = pages.read(MENU + MAIN.format("<p>Words</p>"))
    assert (page.heading, page.description, page.body.decode_contents()) == (
        "Fit",
        "How?",
        "<p>Words</p>",
    )
    assert [
        (part.title, [(item.text, item.href, item.here) for item in part.items])
        for part in page.parts
    ] == [
        ("", [("Overview", "index.html", False)]),
        ("Part", [("Fit", "fit.html", True), ("Later", "", False)]),
    ]


@pytest.mark.parametrize(
    "lost",
    [
        "quarto-document-content",
        "title-block-header",
        'class="title"',
        "quarto-sidebar",
        "menu-text",
        "sidebar-item-section",
    ],
)
def test_a_changed_renderer_is_noticed(lost: str) -> None:
    with pytest.raises(ValueError, match="look at what changed in smalldocs"):
        pages.read((MENU + MAIN.format("")).replace(lost, "other"))


def test_maths_becomes_mathml() -> None:
    found = body(
        r'<p>At <span class="math inline">\(x^2\)</span>:</p><p><span class="math display">\[\frac{dy}{dx}\]</span></p>'
    )
    assert found.p.math["display"] == "inline" and found.p.math.msup
    assert found.select_one("div.formula > math[display=block] mfrac")
    with pytest.raises(ValueError, match="look at what changed in smalldocs"):
        body('<p><span class="math inline">$x$</span></p>')
    with pytest.raises(ValueError, match="a paragraph of its own"):
        body(r'<p>Here: <span class="math display">\[x\]</span></p>')


def test_code_loses_the_button_that_needs_bootstrap() -> None:
    code = '<div class="code-copy-outer-scaffold"><div class="sourceCode"><pre><code>x  &lt; 1</code></pre></div><button class="code-copy-button"></button></div>'
    assert (
        body(code).decode_contents() == '<div class="code"><pre><code>x  &lt; 1</code></pre></div>'
    )


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        (r"<p>At \(x^2\).</p>", "left a formula as it was"),
        (
            '<div class="other"><pre class="sourceCode"><code>x</code></pre></div>',
            "cells are not what they were",
        ),
        (
            '<p><strong>Predict.</strong> 6?</p><div class="other"><pre>6</pre></div>',
            "cells are not what they were",
        ),
        (r'<p><span class="math inline">\(\foo{x}\)</span></p>', "cannot be set"),
        (
            r'<p><span class="math inline">\(\begin{aligned} a &amp;= b \end{aligned}\)</span></p>',
            "cannot be set",
        ),
        (r'<p><span class="math inline">\(\text{a &lt;b&gt; c}\)</span></p>', "cannot be set"),
    ],
)
def test_what_the_renderer_or_a_formula_gets_wrong_is_noticed(html: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        body(html)


OUTPUT = (
    '<div class="cell"><pre>code</pre><div class="cell-output cell-output-display">{}</div></div>'
)


def test_a_prediction_folds_its_answer_and_the_words_on_it() -> None:
    found = body(
        "<p><strong>Predict.</strong> 6 or 12?</p>"
        + OUTPUT.format("12")
        + "<p>It adds.</p><p>More.</p>"
        + OUTPUT.format("7")
    )
    assert found.details.get_text("|", strip=True) == "Show the output|12|It adds."
    assert len(found.select("details")) == 1 and found.select_one(".cell pre").get_text() == "code"
    assert (
        found.get_text("|", strip=True)
        == "Predict.|6 or 12?|code|Show the output|12|It adds.|More.|code|7"
    )


def test_all_that_a_prediction_asks_for_is_folded() -> None:
    ask = "<p><strong>Predict.</strong> Which?</p>"
    found = body(
        ask
        + '<div class="cell"><pre>def</pre></div>'
        + OUTPUT.format("1")
        + OUTPUT.format("2")
        + "<p>Both.</p>"
        + OUTPUT.format("3")
    )
    assert [fold.get_text("|", strip=True) for fold in found.select("details")] == [
        "Show the output|1",
        "Show the output|2|Both.",
    ]


def test_a_prediction_leaves_the_next_one_and_live_pictures_open() -> None:
    ask = "<p>So. <strong>Predict.</strong> What?</p>"
    found = body(
        ask
        + OUTPUT.format("1")
        + ask
        + OUTPUT.format('<div class="agt-saved"></div>')
        + "<p>Words</p>"
    )
    assert [fold.get_text("|", strip=True) for fold in found.select("details")] == [
        "Show the output|1",
        "Show the answer|Words",
    ]
    assert not found.select("details .agt-saved")


def test_a_page_that_calls_another_host_is_refused() -> None:
    with pytest.raises(ValueError, match=r"loads https://example\.org/x\.png from another host"):
        pages.check("<img src='https://example.org/x.png' alt='a b c d e f'>")
    for tag in (
        "<script src='//example.org/x'></script>",
        "<img srcset='HTTPS://example.org/x'>",
        "<video poster='https://example.org/x'></video>",
        "<link rel='preload' href='https://example.org/x'>",
        "<style>@import 'https://example.org/x'</style>",
        "<p style='background: url(https://example.org/x)'></p>",
    ):
        with pytest.raises(ValueError, match="from another host"):
            pages.check(tag)


def test_a_picture_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no alternative text"):
        copies.alt_text(copies.AttrDict(source="show()"), ROOT / "nbs" / "02_fit.ipynb")
    with pytest.raises(ValueError, match="words that state its finding, got alt='a plot'"):
        pages.check("<img src='x.png' alt='a plot'>")


def test_search_words_hold_code_and_captions_by_section() -> None:
    main = body(
        '<p>Intro</p><section id="s"><h2>Head</h2><pre><code><span>torch</span><span>.</span><span>stack</span></code></pre><img alt="Dots that fall">'
        "<details><summary>Solution</summary> <p>return x</p></details> <details><summary>Show the answer</summary> <p>Six.</p></details></section>"
    )
    assert pages.words_of(main, "Fit", "fit.html") == [
        dict(title="Fit", section="", href="fit.html", text="Intro"),
        dict(
            title="Fit", section="Head", href="fit.html#s", text="torch.stack Dots that fall Six."
        ),
    ]


def test_drawings_follow_the_theme_or_are_refused() -> None:
    light, dark = COLOURS["ink"]
    found = render.themed(f'<svg><path style="fill: {light}; stroke: none"/></svg>')
    assert "fill: var(--ink)" in found and f"--ink:{light};" in found and f"--ink:{dark};" in found
    with pytest.raises(ValueError, match=r"colours of plots\.COLOURS alone, got #123456, #ffffff"):
        render.themed('<svg><path style="fill: #ffffff; stroke: #123456"/></svg>')
