"Render docs/ and README.md from the saved notebooks: `python nbs/_tools/render.py`. No cell runs."

import base64
import hashlib
import json
import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import yaml
from autograd_tutorial.pictures import live
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbdev.quarto import refresh_quarto_yml

import cards
import copies
import film
import pages
import reference
import runnable
import settings
from notebooks import NBS, ROOT, sources

THEME = NBS / "_theme"
SEARCH = "contrib/search/templates/search/lunr.js"  # in mkdocs
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)  # one that stands in its page
# What a browser does not need of a file: documentation, indentation, lines of nothing or of a comment.
SPARE = re.compile(r"(?s:/\*\*(?!\n \* lunr -).*?\*/ ?)|^[ \t]+|^\s*\n|^\s*//.*\n", re.M)


def contents() -> list[dict]:
    "The contents as _quarto.yml has them, with the pages of its notebooks."
    stated = (NBS / "_quarto.yml").read_text(encoding="utf-8")
    config = re.sub(r"\w+\.ipynb", lambda link: pages.page_name(link[0]), stated)
    return yaml.safe_load(config)["website"]["sidebar"]["contents"]


def policy(html: str) -> str:
    "The page, which may load files of this site alone, and run the scripts that stand in it."
    hashes = {hashlib.sha256(each.encode()).digest() for each in SCRIPT.findall(html)}
    allowed = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in sorted(hashes))
    return html.replace("SCRIPTS", allowed, 1)


def write_site(docs: Path) -> None:
    "Write every page and what it loads into the empty folder `docs`, and README.md."
    for folder in ("site", "pictures", "cards", "notebooks", reference.FOLDER):
        (docs / folder).mkdir(parents=True)
    loader = FileSystemLoader(THEME)
    theme = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    icon, css = ((THEME / name).read_text(encoding="utf-8") for name in ("icon.svg", "site.css"))
    made = {page.place: page for page in map(pages.read, sources())}
    parts = contents()
    listed = [item for part in parts for item in part.get("contents", []) if isinstance(item, str)]
    lessons = [place for place in listed if made[place].source[0].isdigit()]
    homes, words = reference.homes(), []
    theme.globals.update(made=made, lessons=lessons, homes=homes, settings=settings, icon=icon)
    theme.globals.update(site=settings.read(), css=SPARE.sub("", css), card_alt=cards.ALT)
    theme.globals.update(film_alt=film.ALT)
    for page in made.values():
        pages.fill(page, homes)
        copies.write(page, docs)
    made |= {page.place: page for page in reference.write(theme, list(made.values()))}
    listed = [place for place in made if place.startswith(reference.FOLDER)]
    parts.append(dict(section="Reference", contents=listed))
    for page in made.values():
        words += pages.found_in(page)
        html = theme.get_template("page.html").render(page=page, parts=parts)
        (docs / page.place).write_text(policy(html), encoding="utf-8")
        for name, data in page.files.items():
            (docs / name).write_bytes(data)
    for place in lessons:
        source = NBS / made[place].source
        (docs / "notebooks" / source.name).write_text(runnable.copy(source), encoding="utf-8")
    cards.write(docs / "cards", [made[place] for place in ("index.html", *lessons)])
    scripts = {f"pictures/{name}.js": text for name, text in live.scripts().items()} | {
        f"site/{name}.js": (THEME / f"{name}.js").read_text(encoding="utf-8")
        for name in ("site", "answers", "search")
    }
    scripts["site/lunr.js"] = (files("mkdocs") / SEARCH).read_text(encoding="utf-8")
    words = f"var siteWords = {json.dumps(words, ensure_ascii=False)};\n"
    texts = {name: SPARE.sub("", text) for name, text in scripts.items()}
    texts |= {"site/icon.svg": icon, "site/words.js": words, ".nojekyll": ""}
    texts["site/film.svg"] = film.drawn()
    for name in ("404.html", "sitemap.xml", "llms.txt"):
        texts[name] = policy(theme.get_template(name).render()) + "\n"
    for name, text in texts.items():
        (docs / name).write_text(text, encoding="utf-8")


def main() -> None:
    refresh_quarto_yml()
    docs = ROOT / "docs"
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "docs"
        write_site(fresh)
        shutil.rmtree(docs, ignore_errors=True)
        shutil.copytree(fresh, docs)
    print(f"rendered {docs}")


if __name__ == "__main__":
    main()
