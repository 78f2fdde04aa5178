"What GitHub would run, run as it stands in a clean copy: all but installing, and GitHub's own programs."

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

import settings
from project import ROOT, RUNNABLE, copy_of_project

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
VERSION = settings.read()["version"]
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m pip") echo "python $*" >> "$SEEN" ;;
    "-m build") shift 2; exec "$REAL" -m build --no-isolation "$@" ;;
    *) exec "$REAL" "$@" ;;
esac
"""
NOTED = """#!/bin/sh
echo "${0##*/} $*" >> "$SEEN"
"""


def jobs() -> dict[tuple[str, str], list[str]]:
    "The shell steps of each job that has some."
    found = {}
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            found[path.stem, name] = [step["run"] for step in job["steps"] if "run" in step]
    return {key: steps for key, steps in found.items() if steps}


def ran(steps: list[str], folder: Path) -> str:
    "Run the steps one by one, as GitHub's shell does; what they asked of pip, pipx and gh."
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    for name, text in {"python": PYTHON, "gh": NOTED, "pipx": NOTED}.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    seen = programs / "seen"
    seen.touch()
    env = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "REAL": sys.executable,
        "SEEN": str(seen),
        "GITHUB_REF_NAME": f"v{VERSION}",
        "GITHUB_REPOSITORY": "owner/name",
    }
    for step in steps:
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]
        done = subprocess.run(shell, cwd=folder, env=env, text=True, capture_output=True)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    return seen.read_text(encoding="utf-8")


def test_each_job_with_shell_steps_is_tried_here() -> None:
    assert jobs().keys() == {
        ("deploy", "upload"),
        ("links", "external"),
        ("publish", "build"),
        ("publish", "release"),
        ("test", "check"),
        ("test", "test"),
        ("test", "oldest"),
    }


@pytest.mark.parametrize("job", ["check", "test", "oldest"])
def test_make_knows_what_is_asked(job: str) -> None:
    for step in jobs()["test", job]:
        assert step.startswith("make ")
        done = subprocess.run(["bash", "-c", f"{step} --dry-run"], cwd=ROOT, capture_output=True)
        assert done.returncode == 0 and done.stdout, done.stderr


def test_a_tag_is_published(tmp_path: Path) -> None:
    project = copy_of_project(tmp_path / "project")
    asked = ran(jobs()["publish", "build"], project)
    assert "install --constraint tests/constraints.txt build twine" in asked
    stem = f"autograd_tutorial-{VERSION}"
    built = [f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"]
    assert sorted(path.name for path in (project / "dist").iterdir()) == built
    notes = (project / "release" / "notes.md").read_text(encoding="utf-8")
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (
        notes.strip()
        == re.split(r"^## .*$", said.split(f"## {VERSION}\n")[1], flags=re.M)[0].strip()
    )
    site = zipfile.ZipFile(project / "release" / f"site-{VERSION}.zip").namelist()
    assert "docs/index.html" in site and f"docs/notebooks/{RUNNABLE[0].name}" in site

    files = tmp_path / "release" / "files"
    files.mkdir(parents=True)
    for path in [*(project / "dist").iterdir(), *(project / "release").iterdir()]:
        path.rename(files / path.name)
    (asked,) = ran(jobs()["publish", "release"], files.parent).splitlines()[1:]
    assert asked.startswith(f"gh release create v{VERSION} --repo owner/name --verify-tag")
    assert asked.split("--notes-file ")[1].split() == [
        "notes.md",
        *(f"files/{name}" for name in (*built, f"site-{VERSION}.zip")),
    ]


def test_the_site_carries_the_wheel_that_lessons_name(tmp_path: Path) -> None:
    project = copy_of_project(tmp_path / "project")
    ran(jobs()["deploy", "upload"], project)
    (wheel,) = (project / "docs").glob("*.whl")
    cells = json.loads(RUNNABLE[0].read_text(encoding="utf-8"))["cells"]
    assert settings.site() + wheel.name in "".join(cells[2]["source"])


def test_links_are_followed_from_the_first_page(tmp_path: Path) -> None:
    asked = ran(jobs()["links", "external"], tmp_path)
    assert re.fullmatch(r"pipx run linkchecker==[\d.]+ .* docs/index\.html\n", asked)
    assert (ROOT / "docs" / "index.html").exists()
