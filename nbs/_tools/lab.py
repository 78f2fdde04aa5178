"Open JupyterLab at the first lesson: `python nbs/_tools/lab.py [FOLDER] [JUPYTER OPTION ...]`."

import json
import sys
from pathlib import Path

from autograd_tutorial.cli import open_lab

NBS = Path(__file__).resolve().parents[1]
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
    folder = Path(args.pop(0)).resolve() if args and not args[0].startswith("-") else NBS
    settle()
    open_lab(folder, *args)


if __name__ == "__main__":
    main(sys.argv[1:])
