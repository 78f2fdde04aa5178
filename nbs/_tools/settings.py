"Carry settings.ini to the places that must repeat it: `python nbs/_tools/settings.py`."

import json
import re
from configparser import ConfigParser
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[2]
SET_UP = "#| hide\n# @title Set up: run once\n"  # how the first code cell of each notebook begins
NAME_ENDS = r"(?![\w-])"


def read(root: Path = ROOT) -> dict[str, str]:
    "The settings of the project at `root`."
    config = ConfigParser(delimiters=["="])
    config.read(root / "settings.ini", encoding="utf-8")
    return dict(config["DEFAULT"])


def repository() -> str:
    "The address of the sources."
    return "https://github.com/{user}/{repo}".format_map(read())


def blob() -> str:
    "How the address of a source file begins."
    return f"{repository()}/blob/{read()['branch']}/"


def colab(path: str) -> str:
    "The address that opens a notebook in Colab."
    return (
        "https://colab.research.google.com/github/{user}/{repo}/blob/{branch}/".format_map(read())
        + path
    )


def site() -> str:
    "The address of the rendered site."
    return "https://{user}.github.io/{repo}/".format_map(read())


def addresses(user: str, repo: str, branch: str) -> list[str]:
    "How each address of the project begins, the longer before the shorter."
    return [
        f"https://colab.research.google.com/github/{user}/{repo}/blob/{branch}/",
        f"https://github.com/{user}/{repo}/blob/{branch}/",
        f"https://mybinder.org/v2/gh/{user}/{repo}/{branch}",
        f"https://codespaces.new/{user}/{repo}",
        f"https://github.com/{user}/{repo}",
        f"https://{user}.github.io/{repo}/",
    ]


def written(root: Path = ROOT) -> tuple[str, str, str]:
    "The user, repo and branch that pyproject.toml, and with it every link, has now."
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    user, repo = re.search(
        r'^Repository = "https://github\.com/([^/"]+)/([^/"]+)"', text, re.M
    ).groups()
    return user, repo, re.search(r'^branch = "([^"]+)"', text, re.M)[1]


def carry(root: Path = ROOT) -> None:
    "Write the fields that pyproject.toml and CITATION.cff repeat, and every link in the sources, as settings.ini has them."
    settings = read(root)
    new = addresses(settings["user"], settings["repo"], settings["branch"])
    moved = dict(zip(addresses(*written(root)), new, strict=True))
    old = re.compile(
        "|".join(
            rf"{re.escape(address)}{'' if address.endswith('/') else NAME_ENDS}"
            for address in moved
        )
    )
    named = ("pyproject.toml", "CITATION.cff", "CONTRIBUTING.md", "CHANGELOG.md")
    for path in [*(root / name for name in named), *(root / "nbs").rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        carried = old.sub(lambda found: moved[found[0]], text)
        for field, value in repeated(settings).get(path.name, {}).items():
            carried = repeat(carried, field, value, path.name)
        if path.suffix == ".ipynb":
            carried = with_set_up(carried, path.name, settings)
        if carried != text:
            path.write_text(carried, encoding="utf-8")


def with_set_up(text: str, name: str, settings: dict[str, str]) -> str:
    "The notebook `name` with its set-up cell as the template and the settings make it."
    made = "files" if name == "teachers.ipynb" else "set_up"
    template = Template(Path(__file__).with_name(f"{made}.txt").read_text(encoding="utf-8"))
    said = template.substitute(
        home="https://github.com/{user}/{repo}".format_map(settings),
        wheel="https://{user}.github.io/{repo}/{lib_name}-{version}-py3-none-any.whl".format_map(
            settings
        ),
        version=settings["version"],
        branch=settings["branch"],
        python=settings["min_python"],
        extras='"fastai"' if name == "10_learner.ipynb" else "",
    )
    notebook = json.loads(text)
    for cell in notebook["cells"]:  # the cheat sheet, which nobody runs, has none
        if "".join(cell["source"]).startswith(SET_UP):
            cell["source"] = said.rstrip("\n").splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def repeated(settings: dict[str, str]) -> dict[str, dict[str, str]]:
    "What must stand in which file again: how the line begins, and how it goes on."
    said = {key: json.dumps(value) for key, value in settings.items()}
    return {
        "pyproject.toml": {
            "name = ": said["lib_name"],
            "requires-python = ": json.dumps(f">={settings['min_python']}"),
            "license = ": said["license"],
            "branch = ": said["branch"],
        },
        "CITATION.cff": {
            "title: ": said["lib_name"],
            "abstract: ": said["description"],
            "  - name: ": said["author"],
            "version: ": said["version"],
            "license: ": said["license"],
        },
    }


def repeat(text: str, start: str, value: str, name: str) -> str:
    "`text` with its line that begins with `start` as it must be; `ValueError` unless there is one."
    text, count = re.subn(rf"^{re.escape(start)}.*$", lambda _: start + value, text, flags=re.M)
    if count != 1:
        raise ValueError(f"{name} must have one line '{start}...', found {count}")
    return text


if __name__ == "__main__":
    carry()
