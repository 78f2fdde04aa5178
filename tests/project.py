"The project as tests see it: its places, its files, and how to run its commands."

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "tests" / "artifacts"
LESSONS = sorted((ROOT / "nbs").glob("[0-9]*.ipynb"))


def run(*command: str | Path, cwd: Path) -> str:
    "Run a command of this environment and return what it printed; fail with its output."
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run([program, *command[1:]], cwd=cwd, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path, pattern: str = "*") -> list[Path]:
    "The files below `folder`, relative to it, without caches."
    found = (path.relative_to(folder) for path in folder.rglob(pattern) if path.is_file())
    return sorted(
        path
        for path in found
        if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    )


def copy_of_project(folder: Path) -> Path:
    "The files that belong to the project, copied to `folder`."
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True
    ).splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


DOCS = (["python", "nbs/_tools/settings.py"], ["nbdev-export"], ["python", "nbs/_tools/render.py"])


def made_by_docs(folder: Path) -> None:
    "Do in `folder` what `make docs` does."
    for command in DOCS:
        run(*command, cwd=folder)
