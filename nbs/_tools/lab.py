"Open JupyterLab at the first lesson: `python nbs/_tools/lab.py [FOLDER] [JUPYTER OPTION ...]`; without a folder over copies in `lessons/`."

import json
import sys
from pathlib import Path

from autograd_tutorial.cli import copy_lessons, open_lab

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyter-widgets/jupyterlab-manager:plugin": {
        "saveState": True
    },  # a lesson reopened shows its pictures at once
}


def settle() -> None:
    "Answer what JupyterLab would ask, for everybody in this environment."
    overrides = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")


def main(args: list[str]) -> None:
    named = bool(args) and not args[0].startswith("-")
    folder = Path(args.pop(0)).resolve() if named else LESSONS
    if not named:
        print(*copy_lessons(folder), sep="\n")
    settle()
    open_lab(folder, *args)


if __name__ == "__main__":
    main(sys.argv[1:])
