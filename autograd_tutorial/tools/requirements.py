"What the set-up cell of a notebook asks for: the requirements of this package, where they are missing."

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, distributions, requires
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory


class Missing(ImportError):
    "What is missing: one line in a notebook, where a traceback would tell nothing more."

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def complete(
    *extras: str,  # of this package, such as "fastai"
) -> None:
    "Install what is missing, and change nothing that is there; `ImportError` says what pip met."
    missing = [line for line in _required(extras) if not _installed(line)]
    if not missing:
        return
    print(f"Installing {', '.join(missing)}: some minutes if torch is missing.")
    with TemporaryDirectory() as folder:
        kept = Path(folder, "kept.txt")
        kept.write_text("\n".join(_there()), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--retries=1", "-c", str(kept)]
        done = run([*pip, *missing], capture_output=True, text=True)
    if done.returncode:
        met = re.findall("ERROR: (.{,200})", done.stderr) or [done.stderr.strip()]
        raise Missing(f"{', '.join(missing)} cannot be installed beside what is here: {met[0]}")


def _required(extras: tuple[str, ...]) -> list[str]:
    "What the package requires, with its `extras`; nothing where it lies in a folder, not installed."
    try:
        lines = [line.partition(";") for line in requires("autograd_tutorial") or []]
    except PackageNotFoundError:
        return []
    asked = {f"extra=={each}" for each in extras} | {""}
    return [line.strip() for line, _, when in lines if re.sub("[\"' ]", "", when) in asked]


def _installed(requirement: str) -> bool:
    try:
        distribution(re.split(r"[^\w.-]", requirement)[0])
    except PackageNotFoundError:
        return False
    return True


def _there() -> list[str]:
    "Each package that is installed, at its version; without those whose version pip cannot read."
    found = {each.metadata["Name"]: each.version for each in reversed([*distributions()])}
    return [f"{name}=={at}" for name, at in found.items() if re.fullmatch(r"[\d.]+(\+\S+)?", at)]
