"Open JupyterLab at the first lesson: `python nbs/_tools/lab.py [FOLDER] [JUPYTER OPTION ...]`."

import json
import sys
from pathlib import Path

from autograd_tutorial.cli import open_lab

NBS = Path(__file__).resolve().parents[1]
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},  # a lesson reopened shows its pictures at once
}


def main(args: list[str]) -> None:
    "Settle what JupyterLab would ask, in the environment that is ours, and open it."
    folder = Path(args.pop(0)).resolve() if args and not args[0].startswith("-") else NBS
    overrides = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    open_lab(folder, *args)


if __name__ == "__main__":
    main(sys.argv[1:])
