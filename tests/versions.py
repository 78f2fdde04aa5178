"""Run the tests with other versions: `python tests/versions.py lowest`, or `newest` with every Python that is here.

`lowest` takes the lower bounds of settings.ini on the oldest Python that it allows, `newest` what the index
has for each Python; what came out is written to `benchmarks/versions.md`, a row for each. What is drawn and
rendered differs from version to version, so the tests of saved pictures, of the site and of the tools that
make it stay with `make test`; so does griffelib, which needs a newer Python, and JupyterLab, in which an
ipywidgets as old as Colab's draws nothing.
"""

import datetime
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "nbs" / "_tools"))

import settings  # noqa: E402

TABLE = ROOT / "benchmarks" / "versions.md"
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
TOLD = ("torch", "fastai", "matplotlib", "numpy", "ipywidgets")
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
QUOTED = (
    "not (saved_text_is_fresh and (errors or own_model))"  # PyTorch's own words, and its record
)
HEAD = f"""# With which versions the tests were run

| versions | Python | {" | ".join(TOLD)} | what came out | on |
|{"---|" * (len(TOLD) + 4)}
"""


def lowest() -> list[str]:
    "The lower bound of each requirement, as the version to take; numpy 1 is what old builds of torch were made for."
    stated = settings.read()
    wanted = " ".join(
        stated[key] for key in ("requirements", "lab_requirements", "fastai_requirements")
    ).split()
    return [re.sub(r">=([\d.]+).*", r"==\1", each) for each in wanted if ">=" in each] + ["numpy<2"]


def tried(which: str, python: str) -> str:
    "Install and run the tests; the row that says with what, and what came out."
    folder = ROOT / ".venvs" / f"{which}-{python}"
    constraints = folder / "constraints.txt"
    if not folder.exists():
        subprocess.run([f"python{python}", "-m", "venv", folder], check=True)
    constraints.write_text("\n".join(lowest() if which == "lowest" else []), encoding="utf-8")
    tools = [each for each in settings.read()["dev_requirements"].split() if "griffe" not in each]
    install = ["-m", "pip", "install", "-q", "-c", constraints, "-e", f"{ROOT}[lab]", *tools]
    subprocess.run([folder / "bin" / "python", *install], check=True)
    pytest = [
        "-m",
        "pytest",
        "-n",
        "logical",
        "--dist",
        "loadscope",
        "-k",
        f"{BUILT_ANEW} and {QUOTED}",
    ]
    run = [folder / "bin" / "python", *pytest, *TESTS]
    with subprocess.Popen(run, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        lines = [line for line in process.stdout or () if print(line, end="", flush=True) is None]
    ended = lines[-1].strip(" =\n") if lines else f"no word, exit status {process.returncode}"
    ask = f"from importlib.metadata import version as v; print(*map(v, {TOLD}), sep=' | ')"
    having = subprocess.check_output([folder / "bin" / "python", "-c", ask], text=True).strip()
    return f"| {which} | {python} | {having} | {ended} | {datetime.date.today()} |\n"


def main(which: str, *pythons: str) -> int:
    wanted = pythons or ([settings.read()["min_python"]] if which == "lowest" else PYTHONS)
    here = [each for each in wanted if shutil.which(f"python{each}")]
    print(f"Not on the PATH: {sorted(set(wanted) - set(here)) or 'none'}", flush=True)
    rows = TABLE.read_text(encoding="utf-8").splitlines(keepends=True) if TABLE.exists() else []
    failed = not here
    for python in here:
        row = tried(which, python)
        failed |= "failed" in row or "error" in row or "passed" not in row
        mine = row[: row.index(python) + len(python) + 2]
        rows = sorted([each for each in rows[4:] if not each.startswith(mine)] + [row])
        rows = HEAD.splitlines(keepends=True) + rows
        TABLE.write_text("".join(rows), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
