"""Run the tests with the lowest versions that settings.ini allows: `python tests/oldest.py [PYTEST OPTION ...]`.

What is drawn and rendered differs from version to version, so the tests of saved pictures, of the site and
of the tools that make it stay with `make test`; so does griffelib, which needs a newer Python, and JupyterLab, in which
an ipywidgets as old as Colab's draws nothing.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "nbs" / "_tools"))

import settings  # noqa: E402

FOLDER = ROOT / ".venvs" / "oldest"
ROOMS = ("unit", "exercises", "lessons", "workers")
APART = {
    f"test_{name}.py"
    for name in ("classroom", "house", "metadata", "pages", "reference", "rendered", "static")
}
TESTS = sorted(
    path
    for room in ROOMS
    for path in (ROOT / "tests" / room).glob("test_*.py")
    if path.name not in APART
)
BUILT_ANEW = "not pictures_are_fresh and not changed_picture"


def lowest() -> list[str]:
    "The lower bound of each requirement, as the version to take; numpy 1 is what old builds of torch were made for."
    stated = settings.read()
    wanted = " ".join(
        stated[key] for key in ("requirements", "lab_requirements", "fastai_requirements")
    ).split()
    return [re.sub(r">=([\d.]+).*", r"==\1", each) for each in wanted if ">=" in each] + ["numpy<2"]


def main(options: list[str]) -> int:
    python, constraints = FOLDER / "bin" / "python", FOLDER / "oldest.txt"
    if not python.exists():
        subprocess.run(
            [os.environ.get("PYTHON_OLDEST", sys.executable), "-m", "venv", FOLDER], check=True
        )
    constraints.write_text("\n".join(lowest()) + "\n", encoding="utf-8")
    tools = [
        each
        for each in settings.read()["dev_requirements"].split()
        if not each.startswith("griffelib")
    ]
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "-c", constraints, "-e", f"{ROOT}[lab]", *tools],
        check=True,
    )
    print(constraints.read_text(encoding="utf-8"), flush=True)
    command = [python, "-m", "pytest", "-q", "-k", BUILT_ANEW, *TESTS, *options]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
