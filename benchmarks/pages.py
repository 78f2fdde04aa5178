"""Weigh every page of the site: `python benchmarks/pages.py [PAGE ...]`, or `make audit`.

Writes pages.json (every measurement) and pages.md (the table) beside itself; of named pages, their rows.
Lighthouse comes by `npx` the first time; without npm its columns stay empty.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "nbs" / "_tools")]

import chromium  # noqa: E402
import serve  # noqa: E402

LOADS = 20
LIGHTHOUSE = "lighthouse@12"
PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


def bare(page: Path) -> str:
    "The same text with nothing around it: a plain element for each block."
    main = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").main
    blocks = main.find_all(["h1", "h2", "h3", "p", "li", "pre", "td", "th", "summary", "math"])
    lines = [
        (block.name if block.name in {"h1", "h2", "h3", "pre"} else "p", block.get_text())
        for block in blocks
        if not block.find_parent(["li", "td", "p"])
    ]
    text = "\n".join(f"<{name}>{escape(words)}</{name}>" for name, words in lines)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(page.stem)}</title><body>{text}</body></html>'


def without_cache(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def paint(page: Page, address: str) -> float:
    "The largest paint of one visit, in ms, when all has come to rest."
    page.goto(address)
    page.wait_for_timeout(300)
    return page.evaluate(PAINT)


def loaded(page: Page, address: str) -> list[int]:
    "The bytes of each request of a visit that scrolls to the end, as they came over the wire."
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(address)
    for _ in range(page.evaluate("Math.ceil(document.body.scrollHeight / 500)")):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")
    return sizes


def weigh(browser: Browser, address: str, place: str) -> dict[str, object]:
    "A page beside its bare text, in turns."
    page = without_cache(browser)
    for each in (address + place, f"{address}bare/{place}"):
        paint(page, each)
    turns = [
        (paint(page, address + place), paint(page, f"{address}bare/{place}")) for _ in range(LOADS)
    ]
    sizes = loaded(page, address + place)
    page.close()
    ours, plain = ([turn[side] for turn in turns] for side in (0, 1))
    return {
        "requests": len(sizes),
        "bytes": sum(sizes),
        "paint ms": ours,
        "bare paint ms": plain,
        "paint ratio": statistics.median(ours) / statistics.median(plain),
    }


def lighthouse(address: str) -> dict[str, int]:
    "What Lighthouse gives in each category, of 100; nothing where there is no npm."
    if not shutil.which("npx"):
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "report.json"
        command = [
            "npx",
            "--yes",
            LIGHTHOUSE,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={out}",
        ]
        flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
        subprocess.run(
            [*command, flags], check=True, env={**os.environ, "CHROME_PATH": str(chromium.find())}
        )
        report = json.loads(out.read_text(encoding="utf-8"))
    return {name: round(100 * found["score"]) for name, found in report["categories"].items()}


HOW = f"""How each row was taken, in one run on one machine, over http with gzip:

- *kB*, *requests*: all that one visit without a cache loads, down to the end of the page, live pictures and their data included.
- *Paint ratio*: the largest contentful paint against that of a page of the same text with no style, picture or script; medians of {LOADS} visits each, in turns, without a cache.
- *Lighthouse*: {LIGHTHOUSE}, its own phone on a slow line, each category of 100.
"""


def table(results: dict[str, dict]) -> str:
    categories = sorted({name for found in results.values() for name in found["lighthouse"]})
    heads = ["page", "kB", "requests", "paint ratio", *categories]
    lines = [
        "# What each page weighs",
        "",
        "| " + " | ".join(heads) + " |",
        "|---" * len(heads) + "|",
    ]
    for place, found in results.items():
        scores = [str(found["lighthouse"].get(name, "")) for name in categories]
        row = [
            place,
            f"{found['bytes'] / 1000:.1f}",
            str(found["requests"]),
            f"{found['paint ratio']:.2f}",
            *scores,
        ]
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join([*lines, "", HOW])


def main(wanted: list[str]) -> None:
    kept = HERE / "pages.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if wanted and kept.exists() else {}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "docs"
        shutil.copytree(ROOT / "docs", folder)
        pages = sorted(path for path in folder.rglob("*.html") if path.stem != "404")
        for path in pages:
            copy = folder / "bare" / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(bare(path), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        with serve.serving(folder) as address:
            for place in (path.relative_to(folder).as_posix() for path in pages):
                if wanted and place not in wanted:
                    continue
                results[place] = weigh(browser, address, place) | {
                    "lighthouse": lighthouse(address + place)
                }
                print(
                    place,
                    {
                        key: value
                        for key, value in results[place].items()
                        if not isinstance(value, list)
                    },
                    flush=True,
                )
        browser.close()
    kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "pages.md").write_text(table(results), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
