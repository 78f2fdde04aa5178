"A notebook as its readers see it, and its page: every cell becomes HTML here, and nowhere else."

import base64
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import torch
from autograd_tutorial.pictures.live import style
from autograd_tutorial.pictures.plots import COLOURS
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from math_core import LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbdev.config import nbpath2html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

KNOWN = {"hide", "export", "exports", "echo", "fig-alt"}  # what a cell's `#|` lines may say
IMPORTS = re.compile(r"^\s*from autograd_tutorial\.\S+ import (\([^)]*\)|.*)$", re.M)
RATE = re.compile(r"\d[\d.]*e-\d+")  # 3.54e-5, which must not break at its minus
LIVE, PREDICTION = 'class="agt-saved"', 'class="agt-prediction"'
ASKED = re.compile('class="agt-(?:prediction|exercise)"')


@dataclass
class Cell:
    "A cell that readers see."

    code: bool
    source: str  # without its `#|` lines
    says: dict[str, str]  # what these say
    outputs: list[dict[str, str]]  # each in all its forms, by MIME type
    name: str


@dataclass
class Page:
    "A page of the site, without what stands around it."

    place: str
    heading: str
    question: str
    source: str = ""  # its notebook
    cells: list[Cell] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of this package, made or imported here
    body: str = ""
    css: str = ""  # of live pictures
    sections: list[tuple[str, str]] = field(default_factory=list)  # anchors and headings
    files: dict[str, bytes] = field(default_factory=dict)  # of its pictures

    @property
    def minutes(self) -> int:
        "At 160 words a minute, and one for each prediction; as the page for teachers has it."
        outs = [out for cell in self.cells for out in cell.outputs if "image/png" not in out]
        said = [out.get("text/plain", "") for out in outs]
        text = " ".join([cell.source for cell in self.cells] + said)
        return 5 * math.ceil((len(text.split()) / 160 + text.count("**Predict.**")) / 5)


def page_name(path: str) -> str:
    "The page of a notebook as nbdev names it, without the number: 02_fit.ipynb is fit.html."
    return nbpath2html(Path(path)).with_suffix(".html").name


def plain(text: str) -> str:
    return text.replace("`", "").replace("'", "\u2019")


def own(homes: dict[str, str], names: set[str]) -> dict[str, str]:
    "Of `homes` those that a page means: its own `names`, and what torch has no other of."
    others = {*dir(torch), *dir(torch.nn), *dir(torch.optim)} - names
    return {name: home for name, home in homes.items() if name not in others}


def read(path: Path) -> Page:
    "The page of a notebook, yet without its HTML; `ValueError` on what no page can show."
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [as_cell(cell, path) for cell in notebook["cells"]]
    head = re.fullmatch(r"# (.+)\n> (.+)", cells[0].source)
    if not head:
        raise ValueError(f"{path.name} must begin with a heading and, after '> ', its question")
    names = set(re.findall(r"\w+", " ".join(IMPORTS.findall("\n".join(c.source for c in cells)))))
    for cell in cells:
        if "exports" in cell.says:
            names.update(re.findall(r"^(?:def|class) (\w+)", cell.source, re.M))
    seen = [cell for cell in cells if not {"hide", "export"} & set(cell.says)]
    return Page(page_name(path.name), head[1], plain(head[2]), path.name, seen, names)


def as_cell(cell: dict[str, Any], path: Path) -> Cell:
    "A cell of the notebook at `path`, taken apart."
    source, outputs = "".join(cell["source"]), cell.get("outputs", [])
    says = dict(re.findall(r"^#\| *([\w-]+)(?:: *(.*))?$", source, re.M))
    failed = [out["evalue"] for out in outputs if out["output_type"] == "error"]
    if failed or not says.keys() <= KNOWN:
        raise ValueError(f"{path.name} has a cell that cannot be shown: {failed or source}")
    forms = [out.get("data") or {"text/plain": out["text"]} for out in outputs]
    joined = [{kind: "".join(text) for kind, text in form.items()} for form in forms]
    if any("image/svg+xml" in form for form in joined) and "fig-alt" not in says:
        raise ValueError(f"a picture in {path.name} has no alternative text: '#| fig-alt: words'")
    shown = re.sub(r"^#\|.*\n?", "", source, flags=re.M).strip("\n")
    return Cell(cell["cell_type"] == "code", shown, says, joined, cell["id"])


class Renderer(RendererHTML):
    "Tokens as this site shows them; `env` has the page, and where the reference has which name."

    def text(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return RATE.sub(r'<span class="whole">\g<0></span>', escape(tokens[at].content, False))

    def heading_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        text = "".join(each.content for each in tokens[at + 1].children or [])
        anchor = "-".join(re.sub(r"[^\w\s.-]", "", text.lower()).split())
        env["page"].sections.append((anchor, text))
        return f'</section>\n<section id="{anchor}">\n<{tokens[at].tag}>'

    def code_inline(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        shown, home = escape(tokens[at].content, False), env["homes"].get(tokens[at].content)
        if not home or (at and tokens[at - 1].type == "link_open"):
            return f"<code>{shown}</code>"
        return f'<a href="{home}"><code>{shown}</code></a>'

    def link_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        path, mark, anchor = str(tokens[at].attrs["href"]).partition("#")
        inside = ":" not in path and path.endswith(".ipynb")
        return f'<a href="{escape((page_name(path) if inside else path) + mark + anchor)}">'


def formula(tex: str, look: dict[str, bool]) -> str:
    "TeX as MathML, which a browser draws and a screen reader reads; `LatexError` on other TeX."
    made = LatexToMathML().convert_with_local_state(tex, displaystyle=look["display_mode"])
    return made.replace("<math", f'<math alttext="{escape(tex.strip())}"', 1)


MARKDOWN = MarkdownIt("commonmark", dict(typographer=True), renderer_cls=Renderer)
MARKDOWN.enable(["table", "replacements", "smartquotes"])
MARKDOWN.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=formula)
MARKDOWN.renderer.rules |= dict(
    fence=lambda tokens, at, *_: code(tokens[at].content, tokens[at].info),
    table_open=lambda *_: '<div class="wide"><table>\n',
    table_close=lambda *_: "</table></div>\n",
)


def code(text: str, language: str = "") -> str:
    "A block of code, coloured where its language is stated."
    shown = escape(text.strip("\n"), False)
    if language:
        made = highlight(text, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
        shown = re.sub(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>', r"\1", made.strip("\n"))
    return f'<div class="code"><pre><code>{shown}</code></pre></div>\n'


def fill(page: Page, homes: dict[str, str]) -> None:
    "Make the HTML of the page."
    env = dict(page=page, homes=own(homes, page.names))
    parts: list[str] = []
    for cell in page.cells[1:]:
        if cell.code:
            outs = "".join(output(data, cell, env) for data in cell.outputs)
            shown = "" if cell.says.get("echo") == "false" else code(cell.source, "python")
            parts.append(f'<div class="cell">\n{shown}{outs}</div>\n')
        elif not cell.source.startswith("[Open in Colab]"):  # which stands at the page's head
            parts.append(MARKDOWN.render(cell.source, env))
    before, end, after = "".join(parts).partition("</section>\n")
    page.body = f"{before}{after}{end}"


def output(data: dict[str, str], cell: Cell, env: Any) -> str:
    "One output of a cell, in its richest form."
    html = ASKED.sub(rf'\g<0> data-cell="{cell.name}"', data.get("text/html", ""))  # for Colab
    if "image/svg+xml" in data:
        html = drawn(data["image/svg+xml"], cell.says["fig-alt"], env["page"])
    elif LIVE in html:
        html = live(html, env["page"])
    elif "text/markdown" in data:
        html = MARKDOWN.render(data["text/markdown"], env)
    text = f"<pre><code>{escape(data.get('text/plain', '').rstrip(), False)}</code></pre>"
    return f'<div class="cell-output">\n{html or text}\n</div>\n'


def drawn(svg: str, alt: str, page: Page) -> str:
    "A drawing as an image: one name for a screen reader, room kept while it loads, its own theme."
    number = 1 + sum(name.endswith(".svg") for name in page.files)
    name = f"pictures/{Path(page.place).stem}-figure-{number}.svg"
    page.files[name] = themed(svg).encode()
    points = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
    width, height = (round(float(size) * 4 / 3) for size in points)
    size = f'width="{width}" height="{height}"'
    return f'<img src="{name}" alt="{escape(alt)}" {size}>'


def themed(svg: str) -> str:
    "A drawing in the page's font and the colours of its theme; `ValueError` on any other colour."
    looks = ["".join(f"--{name}:{pair[i]};" for name, pair in COLOURS.items()) for i in (0, 1)]
    for name, pair in COLOURS.items():
        svg = svg.replace(pair[0], f"var(--{name})")
    if fixed := sorted(set(re.findall(r"(?:fill|stroke): (#\w+)", svg))):
        raise ValueError(f"a drawing must have the colours of plots.COLOURS alone, got {fixed}")
    svg = re.sub(r"'DejaVu Sans'[^;\"]*sans-serif", "system-ui, sans-serif", svg)
    dark = f"@media(prefers-color-scheme:dark){{svg{{{looks[1]}}}}}"
    return svg.replace(">", f"><style>svg{{{looks[0]}}}{dark}</style>", 1)


def live(html: str, page: Page) -> str:
    "A live picture, its data and its still in files of their own, so that they hold up no text."
    picture = BeautifulSoup(html, "html.parser").div
    still, told = picture.img, picture.select_one("script[type='application/json']").string
    name = f"{Path(page.place).stem}-{1 + sum(file.endswith('.png') for file in page.files)}"
    element = 'Object.assign(document.createElement("script"), { type: "application/json", text })'
    give = f"const text = {json.dumps(told)};\ndocument.getElementById({json.dumps(name)})"
    page.files[f"pictures/{name}.js"] = f"{{\n{give}.append({element});\n}}\n".encode()
    page.files[f"pictures/{name}.png"] = base64.b64decode(still["src"].split(",", 1)[1])
    page.css = style()
    picture["id"], still["src"] = name, f"pictures/{name}.png"
    picture["style"] = f"--sliders: {sum('ends' in one for one in json.loads(told)['controls'])}"
    for each in picture.select("script, style"):
        each.decompose()
    still.wrap(BeautifulSoup("<noscript></noscript>", "html.parser").noscript)
    still.insert_before("Without scripts this picture stands still.")
    return str(picture)


def found_in(page: Page) -> list[dict[str, str]]:
    "What the search finds, by section, with code and captions, and without what is asked."
    body = BeautifulSoup(page.body, "html.parser")
    for each in body.select(".agt-prediction, .agt-exercise, script, noscript"):
        each.decompose()
    for image in body.select("img"):
        image.replace_with(f"{image['alt']} ")
    found = [(f"#{s['id']}", s.h2.extract().text, s.extract().text) for s in body.select("section")]
    return [
        dict(title=page.heading, section=heading, href=page.place + at, text=" ".join(text.split()))
        for at, heading, text in [("", "", body.text), *found]
        if text.strip()
    ]
