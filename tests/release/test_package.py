"The package holds what it should, installs into an empty environment, and its command puts the lessons there."

import os
import re
import subprocess
import tarfile
import venv
import zipfile
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from platform import python_version

import pytest
from packaging.requirements import Requirement

import settings
from project import ROOT, RUNNABLE, Built, files, modules, run

NAME = settings.read()["lib_name"]


def test_wheel_holds_the_package_and_the_lessons(built: Built) -> None:
    held = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    package = {f"{NAME}/{path}" for path in files(ROOT / NAME)}
    assert held == package | {f"{NAME}/lessons/{lesson.name}" for lesson in RUNNABLE}
    assert {f"{NAME}/py.typed", f"{NAME}/static/kit/kit.css"} <= held


def test_sdist_holds_what_the_wheel_is_made_from(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {member.name.split("/", 1)[1] for member in archive if member.isfile()}
    made = {"PKG-INFO", "setup.cfg", *(name for name in names if ".egg-info/" in name)}
    sources = {f"{NAME}/{path}" for path in files(ROOT / NAME)} | {
        f"docs/notebooks/{lesson.name}" for lesson in RUNNABLE
    }
    assert names - made == sources | {
        "LICENSE",
        "MANIFEST.in",
        "README.md",
        "pyproject.toml",
        "settings.ini",
        "setup.py",
    }


def test_index_will_take_both(built: Built) -> None:
    run("twine", "check", "--strict", built.wheel, built.sdist, cwd=ROOT)


def needed(site: Path) -> dict[str, Distribution]:
    "What the package that lies in `site` requires, and what that requires in turn, as it is installed here."
    found: dict[str, Distribution] = {}
    (own,) = distributions(name=NAME, path=[str(site)])
    waiting = list(own.requires)
    while waiting:
        wanted = Requirement(waiting.pop())
        extras = ["", *wanted.extras]
        if wanted.name not in found and any(
            not wanted.marker or wanted.marker.evaluate({"extra": extra}) for extra in extras
        ):
            found[wanted.name] = distribution(wanted.name)
            waiting += found[wanted.name].requires or []
    return found


@pytest.fixture(scope="module")
def empty(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    "The programs of an environment with the wheel and its requirements, and nothing else."
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, symlinks=True)
    python, (site,) = folder / "bin" / "python", folder.glob("lib/*/site-packages")
    pip = ["python", "-m", "pip", "--python", python]
    run(
        *pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", built.wheel, cwd=ROOT
    )
    for each in needed(site).values():  # those of this environment: no second copy of torch
        for top in {file.parts[0] for file in each.files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(each.locate_file(top))
    run(*pip, "check", cwd=ROOT)
    return folder / "bin"


def alone(*command: str | Path, cwd: Path | None = None) -> str:
    "Run a command with nothing of this environment in sight, and return what it printed."
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "AUTOGRAD_TUTORIAL", "VIRTUAL_ENV"))
    }
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_module_imports_with_the_requirements_alone(empty: Path, tmp_path: Path) -> None:
    said = alone(
        empty / "python",
        "-c",
        f"import {', '.join(modules())}; print({NAME}.__file__, {NAME}.__version__)",
        cwd=tmp_path,
    )
    assert (
        said.split()[0].startswith(str(empty.parent))
        and said.split()[1] == settings.read()["version"]
    )


def test_example_of_the_readme_runs_there(empty: Path, tmp_path: Path) -> None:
    section = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .split("## Import the helpers")[1]
        .split("\n## ")[0]
    )
    blocks = re.findall(r"```python\n(.*?)```", section, re.S)
    said = alone(empty / "python", "-c", "\n".join(blocks), cwd=tmp_path)
    assert blocks and float(said) == pytest.approx(35.110985, rel=1e-4)


def test_command_works_there_and_says_what_is_missing(empty: Path, tmp_path: Path) -> None:
    said = alone(empty / "autograd-tutorial", cwd=tmp_path).splitlines()
    folder = tmp_path / "autograd_tutorial_lessons"
    assert said == [
        f"Lessons in {folder}",
        *(f"  {lesson.name}: copied" for lesson in RUNNABLE),
        "JupyterLab is missing: pip install jupyterlab, then run this again",
    ]
    version = f'"version": "{python_version()}"'.encode()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        lesson.name: lesson.read_bytes().replace(b'"version": "3"', version) for lesson in RUNNABLE
    }
