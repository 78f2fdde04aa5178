"Open JupyterLab at the first lesson: `python nbs/_tools/lab.py [FOLDER] [JUPYTER OPTION ...]`."

import json
import os
import sys
from pathlib import Path

NBS = Path(__file__).resolve().parents[1]
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},  # a lesson reopened shows its pictures at once
}


def main(args: list[str]) -> None:
    "Become JupyterLab: on this machine alone, behind a token, on the first free port."
    folder = Path(args.pop(0)).resolve() if args and not args[0].startswith("-") else NBS
    overrides = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    print("Starting JupyterLab; Ctrl-C ends it.", flush=True)
    options = [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_root=True",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.default_url=/lab/tree/01_gradients.ipynb",
    ]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options, *args])


if __name__ == "__main__":
    main(sys.argv[1:])
