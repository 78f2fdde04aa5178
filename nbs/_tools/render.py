"""Render docs/ and README.md from the saved notebooks: `python nbs/_tools/render.py`.

nbdev processes the notebooks (hidden cells, directives), smalldocs turns them into HTML, `pages` takes
its pages apart, and `nbs/_theme` puts them together again. No cell runs.
"""

import json
import re
import shutil
import tempfile
from html import escape
from pathlib import Path
from urllib.parse import quote

import yaml
from autograd_tutorial.pictures.plots import COLOURS
from fastcore.basics import AttrDict
from fastcore.nbio import read_nb, write_nb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbdev.processors import FilterDefaults
from nbdev.quarto import refresh_quarto_yml
from smalldocs.site import ASSETS
from smalldocs.site import build as build_pages

import cards
import copies
import pages
import reference
import settings
from notebooks import NBS, ROOT, sources
from pages import Link, Part

THEME = NBS / "_theme"
LESSON = re.compile(r"\d\d_\w+\.ipynb")
FOR_QUARTO_ALONE = re.compile(
    "unknown key format-links|format commonmark is not built|output-file is not read"
)


def stage(folder: Path) -> None:
    "Copy the sources to `folder` as smalldocs wants them: processed, renamed, configured."
    shutil.copytree(
        NBS,
        folder,
        ignore=shutil.ignore_patterns(
            "*.ipynb", "_tools", "_theme", "_examples", "_proc", ".ipynb_checkpoints"
        ),
    )
    for path in sources():
        notebook = processed(path)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = copies.LINK.sub(
                    lambda link: copies.at_page(link[0], ".ipynb"), cell.source
                )
        target = folder / copies.at_page(str(path.relative_to(NBS)), ".ipynb")
        if target.exists():
            raise ValueError(
                f"{path.name} would take the page of another notebook, {target.with_suffix('.html').name}: rename one"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        write_nb(notebook, target)
    made = reference.write(folder, settings.blob())
    config = (folder / "_quarto.yml").read_text(encoding="utf-8")
    quarto = yaml.safe_load(
        re.sub(r"[\w/]+\.ipynb", lambda link: copies.at_page(link[0], ".ipynb"), config)
    )
    listed = [str(path.relative_to(folder)) for path in made]
    quarto["website"]["sidebar"]["contents"].append(dict(section="Reference", contents=listed))
    quarto["smalldocs"] = dict(linkify=True)
    (folder / "_quarto.yml").write_text(yaml.safe_dump(quarto, sort_keys=False), encoding="utf-8")


def processed(path: Path) -> AttrDict:
    "The notebook as nbdev shows it to readers, its drawings turned into images."
    notebook = read_nb(path)
    FilterDefaults()(notebook)
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            if drawing := out.get("data", {}).get("image/svg+xml"):
                out["data"] = {"text/html": as_image("".join(drawing), copies.alt_text(cell, path))}
    return notebook


def themed(svg: str) -> str:
    "A drawing with colours that follow the theme of the page that shows it, in the page's own font; `ValueError` on a colour written that is not theirs."
    light = "".join(f"--{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    for name, pair in COLOURS.items():
        svg = svg.replace(pair[0], f"var(--{name})")
    if fixed := re.findall(r"(?:fill|stroke): (#\w+)", svg):
        raise ValueError(
            f"a drawing must have the colours of plots.COLOURS alone, got {', '.join(sorted(set(fixed)))}"
        )
    svg = re.sub(r"'DejaVu Sans'[^;\"]*sans-serif", "system-ui, sans-serif", svg)
    style = f"<style>svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    start = svg.index(">") + 1
    return svg[:start] + style + svg[start:]


def as_image(svg: str, alt: str) -> str:
    "The drawing as an image: one name for a screen reader, room kept while it loads, a theme of its own."
    width, height = (
        round(float(size) * 4 / 3)
        for size in re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
    )
    source = quote(themed(svg), safe=" =:/;,()'")
    return f'<img src="data:image/svg+xml,{source}" alt="{escape(alt)}" width="{width}" height="{height}">'


def rendered(folder: Path) -> dict[str, pages.Content]:
    "What smalldocs makes of the sources, by the place of each page."
    with tempfile.TemporaryDirectory() as scratch:
        staged = Path(scratch) / "nbs"
        stage(staged)
        site = build_pages(staged, quiet=True)
        if unknown := [w for w in site.warnings if not FOR_QUARTO_ALONE.search(w)]:
            raise ValueError("smalldocs warns: " + "; ".join(unknown))
        found = sorted(path for path in site.out.rglob("*.html"))
        return {
            path.relative_to(site.out).as_posix(): pages.read(path.read_text(encoding="utf-8"))
            for path in found
        }


def write_site(docs: Path) -> None:
    "Write every page and what it loads into the empty folder `docs`."
    for folder in ("site", "pictures", "cards", "notebooks"):
        (docs / folder).mkdir(parents=True)
    theme = Environment(
        loader=FileSystemLoader(THEME),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    home = settings.read()
    site = dict(
        title=home["lib_name"],
        url=settings.site(),
        repository=settings.repository(),
        licence=home["license"],
        css=squeezed("site.css"),
        card_alt=cards.ALT,
    )
    content = rendered(docs)
    lessons = {
        copies.page_name(path): path
        for path in sources()
        if LESSON.fullmatch(path.name) and path.parent == NBS
    }
    words: list[dict[str, str]] = []
    for place, page in content.items():
        pages.adapt(page.body)
        words += pages.words_of(page.body, page.heading, place)
        picture_css = pages.move_pictures(page.body, place, docs)
        html = theme.get_template("page.html").render(
            site=site,
            page=told(place, page, content, lessons) | dict(picture_css=picture_css),
        )
        pages.check(html)
        (docs / place).parent.mkdir(exist_ok=True)
        (docs / place).write_text(html, encoding="utf-8")
    pictured = {place: page for place, page in content.items() if place in {"index.html", *lessons}}
    cards.write(
        {docs / card(place): (page.heading, page.description) for place, page in pictured.items()}
    )
    for source in lessons.values():
        shutil.copy(source, docs / "notebooks")
    write_extras(docs, theme, site, content, lessons)
    (docs / "site" / "words.js").write_text(
        f"var siteWords = {json.dumps(words, ensure_ascii=False)};\n", encoding="utf-8"
    )


def squeezed(name: str) -> str:
    "A style sheet without its indentation."
    return re.sub(r"\s*\n\s*", "\n", (THEME / name).read_text(encoding="utf-8"))


def card(place: str) -> str:
    return f"cards/{Path(place).stem}.png"


def told(
    place: str,
    page: pages.Content,
    content: dict[str, pages.Content],
    lessons: dict[str, Path],
) -> dict:
    "What the theme needs to know of one page."
    root = "../" * place.count("/")
    parts = numbered(page.parts, {f"{root}{lesson}" for lesson in lessons})
    order = [item for part in parts if part["lessons"] for item in part["entries"] if item.href]
    at = next((i for i, item in enumerate(order) if item.here), None)
    lesson, landing = lessons.get(place), place == "index.html"
    source = lesson or next(iter(lessons.values()))
    return dict(
        root=root,
        title=page.heading,
        heading=page.heading,
        description=page.description,
        address=f"{settings.site()}{'' if landing else place}",
        markdown=f"{place.rpartition('/')[2]}.md" if not place.startswith(reference.FOLDER) else "",
        card=card(place if lesson else "index.html"),
        kind="lesson" if place in lessons else place.split("/")[0] if "/" in place else "",
        landing=landing,
        lesson=bool(lesson),
        over=over(parts),
        toc=[] if landing else page.toc,
        parts=parts,
        first=order[0],
        before=order[at - 1] if at else None,
        after=order[at + 1]
        if at is not None and at + 1 < len(order)
        else order[0]
        if landing
        else None,
        body=page.body.decode_contents(),
        minutes=pages.minutes(page.body),
        folds=bool(page.body.select("details")),
        colab=settings.colab(f"nbs/{source.name}"),
        view=f"{settings.blob()}nbs/{source.name}",
        download=f"notebooks/{source.name}",
        exports=exports(place) if lesson else [],
    )


def over(parts: list[dict]) -> str:
    "What stands over the heading of a page: its part, and the number of a lesson."
    part = next((part for part in parts if part["here"]), dict(title="", lessons=False))
    if not part["lessons"]:
        return part["title"]
    return f"{part['title']} · lesson {part['start'] + [item.here for item in part['entries']].index(True)}"


def numbered(parts: list[Part], lessons: set[str]) -> list[dict]:
    "The parts, with the number of the first lesson of each."
    found, count = [], 1
    for part in parts:
        is_lessons = any(item.href in lessons or not item.href for item in part.items)
        found.append(
            dict(
                title=part.title,
                entries=part.items,
                lessons=is_lessons,
                start=count,
                here=part.here,
            )
        )
        count += len(part.items) if is_lessons else 0
    return found


def exports(place: str) -> list[Link]:
    "The names that a lesson exports, linked to their entries in the reference, which stand where a name was first defined."
    homes = {
        name: reference.short(module)
        for module in reference.modules()
        for name in reference.names(module)
    }
    found = [
        module for module in reference.modules() if reference.short(module) == Path(place).stem
    ]
    return [
        Link(name, f"{reference.FOLDER}/{homes[name]}.html#{name}")
        for module in found
        for name in module.__all__
        if name in homes
    ]


def write_extras(
    docs: Path,
    theme: Environment,
    site: dict,
    content: dict[str, pages.Content],
    lessons: dict[str, Path],
) -> None:
    "What stands beside the pages: scripts, icon, the page for wrong addresses, sitemap, llms.txt."
    shutil.copy(THEME / "site.js", docs / "site")
    shutil.copy(THEME / "icon.svg", docs / "site")
    shutil.copy(ASSETS / "vendor/fuse/fuse.min.js", docs / "site" / "fuse.js")
    (docs / ".nojekyll").touch()
    places = [
        "index.html",
        *lessons,
        *(place for place in content if place not in lessons and place != "index.html"),
    ]
    links = [
        Link(content[place].heading, place)
        for place in places
        if place in lessons or place == "index.html"
    ]
    icon = quote((THEME / "icon.svg").read_text(encoding="utf-8").strip())
    missing = theme.get_template("missing.html").render(site=dict(site, icon=icon), lessons=links)
    (docs / "404.html").write_text(missing, encoding="utf-8")
    addresses = "".join(
        f"<url><loc>{site['url']}{'' if place == 'index.html' else place}</loc></url>\n"
        for place in places
    )
    sitemap = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{addresses}</urlset>\n'
    (docs / "sitemap.xml").write_text(sitemap, encoding="utf-8")
    told = content["index.html"]
    lines = [
        f"- [{content[place].heading}]({site['url']}{place}.md): {content[place].description}"
        for place in lessons
    ]
    llms = [
        f"# {told.heading}",
        "",
        f"> {told.description}",
        "",
        "## Lessons",
        "",
        *lines,
        "",
        "## Code",
        "",
        f"- [Source]({site['repository']})",
    ]
    (docs / "llms.txt").write_text("\n".join(llms) + "\n", encoding="utf-8")


def main() -> None:
    refresh_quarto_yml()
    docs = ROOT / "docs"
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "docs"
        write_site(fresh)
        copies.write_copies(fresh)
        copies.write_readme()
        shutil.rmtree(docs, ignore_errors=True)
        shutil.copytree(fresh, docs)
    print(f"rendered {docs}")


if __name__ == "__main__":
    main()
