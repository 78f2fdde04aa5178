"The metadata stands in one place, imports do no work, and make says what is missing."

import os
import shutil
import subprocess
import tomllib
from importlib.metadata import metadata, version
from pathlib import Path

import autograd_tutorial

import settings
from project import ROOT, modules, run


def test_installed_metadata_is_what_settings_say() -> None:
    stated, installed = settings.read(), metadata("autograd_tutorial")
    for field, key in (
        ("Name", "lib_name"),
        ("Version", "version"),
        ("Summary", "description"),
        ("Author", "author"),
        ("License-Expression", "license"),
    ):
        assert installed[field] == stated[key], field
    assert installed["Requires-Python"] == f">={stated['min_python']}"
    assert installed["Keywords"].replace(",", " ").split() == stated["keywords"].split()
    extras = {key.removesuffix("_requirements") for key in stated if key.endswith("_requirements")}
    assert set(installed.get_all("Provides-Extra")) == extras


def test_requirements_are_the_declared_ones() -> None:
    stated, installed = settings.read(), metadata("autograd_tutorial").get_all("Requires-Dist")
    plain = {line.split()[0] for line in installed if "extra ==" not in line}
    assert plain == set(stated["requirements"].split())
    assert any(line.startswith("fastai") and "extra ==" in line for line in installed)


def test_pyproject_repeats_settings_exactly() -> None:
    stated = settings.read()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings.written() == (stated["user"], stated["repo"], stated["branch"])
    assert project["project"]["name"] == stated["lib_name"]
    assert project["project"]["license"] == stated["license"]
    assert project["project"]["requires-python"] == f">={stated['min_python']}"


def test_tests_run_with_the_locked_versions() -> None:
    lines = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name in (
        "torch",
        "nbdev",
        "math-core",
        "ipywidgets",
        "jupyterlab",
        "matplotlib",
        "playwright",
    ):
        assert version(name).split("+")[0] == locked[name], name


def test_imports_do_no_work() -> None:
    "No module of the package brings in what it does not need until it draws, shows or trains."
    heavy = {"fastai", "sklearn", "jupyterlab", "ipywidgets", "IPython", "anywidget", "matplotlib"}
    code = f"""
import sys
from importlib import import_module
for module in {modules()}:
    import_module(module)
    found = {{name.split('.')[0] for name in sys.modules}} & {heavy}
    assert not found, f"{{module}} imports {{found}}"
"""
    run("python", "-c", code, cwd=ROOT.parent)


def test_version_is_known_to_the_package() -> None:
    assert autograd_tutorial.__version__ == settings.read()["version"]


def test_make_says_what_is_missing(tmp_path: Path) -> None:
    for name in ("Makefile", "settings.ini", "setup.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "constraints.txt", tmp_path / "tests")
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    env = {"PATH": os.environ["PATH"]}  # not the flags of the make that runs this test
    command = ["make", "lab", f"PYTHON={old}"]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, env=env)
    assert done.returncode != 0
    assert done.stdout.strip().splitlines() == [
        f"Python 3.11 or newer is needed as '{old}'; name another with: make PYTHON=python3.12 ..."
    ]
