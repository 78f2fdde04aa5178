"""What `autograd-tutorial` does in a shell."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from platform import python_version


def lessons() -> list[Path]:
    "The lessons that this package carries, in their order."
    package = Path(str(files("autograd_tutorial")))
    held = package / "lessons"
    folder = held if held.is_dir() else package.parent / "docs" / "notebooks"
    return sorted(folder.glob("[0-9]*.ipynb"))


def _of(version: str, lesson: Path) -> bytes:
    "The lesson, saved by that Python: else JupyterLab takes it for changed as soon as it opens."
    return re.sub(rb'"version": "3[^"]*"', f'"version": "{version}"'.encode(), lesson.read_bytes())


def _copied(lesson: Path, target: Path) -> str:
    try:
        with target.open("xb") as copy:
            copy.write(_of(python_version(), lesson))
    except FileExistsError:
        if target.is_file() and _of("", target) == _of("", lesson):
            return f"{target.name}: there already"
        return f"{target.name}: left alone, it differs from the one in this version"
    return f"{target.name}: copied"


def copy_lessons(
    folder: Path,  # made if it is missing
) -> list[str]:  # for each lesson a line that says what became of it
    "Copy the lessons into `folder`, over nothing; `OSError` if it takes no files."
    folder.mkdir(parents=True, exist_ok=True)
    return [_copied(lesson, folder / lesson.name) for lesson in lessons()]


def lab_command(
    folder: Path,  # the notebooks
    *options: str,  # of JupyterLab; they win over ours
) -> list[str]:  # the program first, for `os.execv`
    "What opens JupyterLab over `folder` at the first lesson."
    return [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_root=True",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
        f"--ServerApp.root_dir={folder.absolute()}",
        f"--LabApp.default_url=/lab/tree/{lessons()[0].name}",
        *options,
    ]


def open_lab(
    folder: Path,  # the notebooks
    *options: str,  # of JupyterLab
) -> None:
    "Become JupyterLab; where it is not installed, say in one line what to install."
    if find_spec("jupyterlab") is None:
        print("JupyterLab is missing: pip install jupyterlab, then run this again")
        return
    print("Starting JupyterLab; Ctrl-C ends it.", flush=True)
    command = lab_command(folder, *options)
    os.execv(command[0], command)


def _asked(args: list[str] | None) -> tuple[Path, bool]:
    about = "Copy the lessons and open them in JupyterLab."
    parser = ArgumentParser("autograd-tutorial", description=about)
    default, about = "autograd_tutorial_lessons", "default: %(default)s"
    parser.add_argument("folder", nargs="?", default=default, help=about)
    parser.add_argument("--no-open", action="store_true", help="copy, and open nothing")
    asked = parser.parse_args(args)
    return Path(asked.folder).expanduser(), not asked.no_open


def main(
    args: list[str] | None = None,  # None is what the shell gave
) -> None:
    "Copy the lessons and open the first; `SystemExit` says why a folder takes none."
    folder, opens = _asked(args)
    try:
        told = copy_lessons(folder)
    except OSError as error:
        cure = "name another one: autograd-tutorial FOLDER"
        sys.exit(f"cannot put the lessons into {folder}, {error.strerror}; {cure}")
    print(f"Lessons in {folder.absolute()}", *told, sep="\n  ")
    if opens:
        open_lab(folder)
