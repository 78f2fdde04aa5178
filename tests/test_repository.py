"The metadata stands in one place, and what is made is what its sources make."

import filecmp
import os
import subprocess
import tomllib
from importlib.metadata import metadata, version
from pathlib import Path

import settings
from project import DOCS, ROOT, copy_of_project, files, made_by_docs, modules, run

AT_TOP = set(
    """
    README.md LICENSE CONTRIBUTING.md CHANGELOG.md Makefile MANIFEST.in settings.ini setup.py pyproject.toml
    CITATION.cff nbs autograd_tutorial docs tests benchmarks .github .devcontainer .binder .ci
    .gitignore .gitattributes .gitconfig
    """.split()
)


def assert_same(made: Path, kept: Path, pattern: str = "*") -> None:
    "Both folders hold the same files with the same bytes."
    assert files(made, pattern) == files(kept, pattern)
    _, differ, missing = filecmp.cmpfiles(
        made, kept, [str(f) for f in files(made, pattern)], shallow=False
    )
    assert not differ + missing, "run `make notebooks docs` and commit what it makes"


def test_top_level_holds_conventions_only() -> None:
    tracked = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True
    )
    assert {name.split("/")[0] for name in tracked.splitlines()} == AT_TOP


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
    assert (
        set(installed.get_all("Provides-Extra"))
        == extras
        == {"lab", "fastai", "dev", "bench", "classroom"}
    )


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
    assert set(project["project"]["dynamic"]) >= {
        "version",
        "description",
        "authors",
        "keywords",
        "dependencies",
    }


def test_tests_run_with_the_locked_versions() -> None:
    lines = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name in (
        "torch",
        "nbdev",
        "smalldocs",
        "ipywidgets",
        "jupyterlab",
        "matplotlib",
        "playwright",
    ):
        assert version(name).split("+")[0] == locked[name], name


def test_code_is_in_step_with_the_notebooks(rebuilt: Path) -> None:
    assert_same(rebuilt / "autograd_tutorial", ROOT / "autograd_tutorial", "*.py")


def test_notebooks_are_clean(rebuilt: Path) -> None:
    assert_same(rebuilt / "nbs", ROOT / "nbs")


def test_site_is_in_step_with_the_notebooks(rebuilt: Path) -> None:
    assert_same(rebuilt / "docs", ROOT / "docs")
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        assert (rebuilt / name).read_bytes() == (ROOT / name).read_bytes()


def test_a_new_home_changes_every_link(tmp_path: Path) -> None:
    project = copy_of_project(tmp_path)
    stated = settings.read()
    text = (project / "settings.ini").read_text(encoding="utf-8")
    for key, new in (("user", "someone"), ("repo", f"{stated['repo']}_fork"), ("branch", "trunk")):
        text = text.replace(f"\n{key} = {stated[key]}\n", f"\n{key} = {new}\n")
    (project / "settings.ini").write_text(text, encoding="utf-8")
    made_by_docs(project)
    made = (path for path in project.rglob("*") if "tests" not in path.relative_to(project).parts)
    for path in (
        path
        for path in made
        if path.suffix
        in {".py", ".md", ".toml", ".yml", ".cff", ".ipynb", ".html", ".json", ".xml"}
    ):
        text = path.read_text(encoding="utf-8")
        assert f"{stated['user']}/" not in text and f"{stated['user']}.github.io" not in text, path
        assert "_fork_fork" not in text, path
    page = (project / "docs" / "fit.html").read_text(encoding="utf-8")
    assert (
        f"https://colab.research.google.com/github/someone/{stated['repo']}_fork/blob/trunk/nbs/02_fit.ipynb"
        in page
    )
    lesson = (project / "nbs" / "02_fit.ipynb").read_text(encoding="utf-8")
    assert f"git+https://github.com/someone/{stated['repo']}_fork@trunk" in lesson


def test_make_docs_does_what_is_tested_here() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\ndocs:")[1].split("\n\n")[0]
    assert [line.split("/", 1)[1] for line in recipe.splitlines()[1:]] == [
        " ".join(words) for words in DOCS
    ]


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
    import autograd_tutorial

    assert autograd_tutorial.__version__ == settings.read()["version"]


def test_types_are_shipped() -> None:
    import autograd_tutorial

    assert (Path(autograd_tutorial.__file__).parent / "py.typed").exists()


def test_make_says_what_is_missing(tmp_path: Path) -> None:
    project = copy_of_project(tmp_path)
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    env = {"PATH": os.environ["PATH"]}  # not the flags of the make that runs this test
    done = subprocess.run(
        ["make", "lab", f"PYTHON={old}"], cwd=project, text=True, capture_output=True, env=env
    )
    assert done.returncode != 0
    assert done.stdout.strip().splitlines() == [
        f"Python 3.11 or newer is needed as '{old}'; name another with: make PYTHON=python3.12 ..."
    ]
