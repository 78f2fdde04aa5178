"The set-up cell of a lesson: what it installs, what it leaves alone, and the sentence where it cannot."

import json
import os
import re
import subprocess
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import settings
from project import ROOT, RUNNABLE, Built, run

SOURCE = re.compile(r'f"\{HOME\}/archive/[^"]+"')
CATCH = """
import sys
try:
    exec(open(sys.argv[1], encoding="utf-8").read())
except ImportError as error:
    print(*error._render_traceback_(), sep="\\n")
"""
HERE = {"torch": "2.3.0", "matplotlib": "3.8.4", "ipywidgets": "7.7.1", "tqdm": "4.62"}


def wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    "An empty package, as an index has it."
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    said = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", said + "".join(f"Requires-Dist: {n}\n" for n in needs))
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


class Bare:
    "An environment with some of what the package requires, and an index beside it."

    def __init__(self, folder: Path) -> None:
        self.folder, self.index = folder, folder / "index"
        venv.create(folder / "env", symlinks=True)
        (site,) = (folder / "env").glob("lib/*/site-packages")
        for part in Path(str(distribution("pip").locate_file(""))).glob("pip*"):
            (site / part.name).symlink_to(part)
        for name, version in HERE.items():
            wheel(self.index, name, version)
        self.python("-m", "pip", "install", "-q", *HERE)
        for name in HERE:  # newer ones, which nobody asked for
            wheel(self.index, name, "99.0")

    def python(self, *words: str | Path) -> str:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
        env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        program = self.folder / "env" / "bin" / "python"
        done = subprocess.run(
            [program, *words], cwd=self.folder, env=env, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def installed(self) -> set[str]:
        return set(self.python("-m", "pip", "list", "--format=freeze").split())

    def set_up(self, lesson: Path, source: str | Path) -> str:
        "Run the set-up cell, which looks in one place alone; what it printed."
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
        text, count = SOURCE.subn(repr(str(source)), "".join(cells[2]["source"]))
        assert count == 2
        cell = self.folder / "cell.py"
        cell.write_text(text.replace("%config", "# %config"), encoding="utf-8")
        return self.python("-c", CATCH, cell)


def test_set_up_installs_what_is_missing_and_changes_nothing(built: Built, tmp_path: Path) -> None:
    bare, stated = Bare(tmp_path), settings.read()
    before = bare.installed()
    said = bare.set_up(RUNNABLE[1], "/nowhere.zip")
    assert "cannot be had from https://github.com/" in said and ".whl,\ngive its place" in said
    assert "Traceback" not in said and bare.installed() == before

    (tmp_path / "autograd_tutorial").mkdir()  # a folder that only has the name does not count
    wheel(bare.index, "anywidget", "0.9.21", "ipywidgets>=8")
    wheel(bare.index, "cloudpickle", "3.0")
    said = bare.set_up(RUNNABLE[1], built.wheel)
    assert said.count("\n") == 2 and said.startswith("Installing anywidget>=0.9.13, cloudpickle>=3")
    assert "cannot be installed beside what is here: Cannot install" in said
    own = {f"autograd_tutorial=={stated['version']}"}
    assert bare.installed() == before | own

    wheel(bare.index, "anywidget", "0.9.13")
    (bare.index / "anywidget-0.9.21-py3-none-any.whl").unlink()
    assert bare.set_up(RUNNABLE[1], "/nowhere.zip").startswith("Installing anywidget")
    now = before | own | {"anywidget==0.9.13", "cloudpickle==3.0"}
    assert bare.installed() == now and not bare.set_up(RUNNABLE[1], "/nowhere.zip")

    wheel(bare.index, "fastai", "2.8.8")
    assert bare.set_up(RUNNABLE[9], "/nowhere.zip").startswith("Installing fastai>=2.8.8")
    assert bare.installed() == now | {"fastai==2.8.8"}


def test_the_page_for_teachers_fetches_what_it_counts(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with zipfile.ZipFile(tmp_path / "archive" / f"{settings.read()['branch']}.zip", "w") as archive:
        for path in ("nbs/01_gradients.ipynb", "benchmarks/classroom.json"):
            archive.write(ROOT / path, f"project-of-a-branch/{path}")
    notebook = json.loads((ROOT / "nbs" / "teachers.ipynb").read_text(encoding="utf-8"))
    (text,) = (
        text
        for cell in notebook["cells"]
        if (text := "".join(cell["source"])).startswith(settings.SET_UP)
    )
    local = text.replace(settings.repository(), tmp_path.as_uri())
    seen = "Path('01_gradients.ipynb').exists(), Path('../benchmarks/classroom.json').exists()"
    said = run("python", "-c", f"{local}\nprint({seen})", cwd=tmp_path)
    assert said == "True True\n"


def test_set_up_says_that_another_package_has_its_name(tmp_path: Path) -> None:
    bare = Bare(tmp_path)
    (tmp_path / "autograd_tutorial").mkdir()
    (tmp_path / "autograd_tutorial" / "__init__.py").touch()
    before = bare.installed()
    assert "or another package has its name: uninstall" in bare.set_up(RUNNABLE[1], "/nowhere.zip")
    assert bare.installed() == before
