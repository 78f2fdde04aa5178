"What is made is what its sources make: modules, notebooks, README and site, with every link at home."

import shutil
from pathlib import Path

import pytest

import settings
from project import ROOT, copy_of_project, files, is_made, made_by_docs, run

STATED = settings.read()
ELSEWHERE = {  # another home for each setting, in words that stand nowhere else
    "user": "another-owner",
    "repo": f"{STATED['repo']}-elsewhere",
    "branch": "another-branch",
}
WORDS = {".py", ".md", ".toml", ".yml", ".cff", ".ipynb", ".html", ".json", ".xml", ".ini"}


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "A copy of the project with another home, in which everything that is made has been made again."
    folder = copy_of_project(tmp_path_factory.mktemp("rebuilt"))
    text = (folder / "settings.ini").read_text(encoding="utf-8")
    for key, new in ELSEWHERE.items():
        text = text.replace(f"\n{key} = {STATED[key]}\n", f"\n{key} = {new}\n")
    (folder / "settings.ini").write_text(text, encoding="utf-8")
    run("nbdev-clean", cwd=folder)
    shutil.rmtree(folder / "docs")
    for module in filter(is_made, (folder / "autograd_tutorial").glob("*.py")):
        module.unlink()
    made_by_docs(folder)
    return folder


def at_home(path: Path) -> bytes:
    "What the file says, with this project's own home in place of the other one."
    said = path.read_bytes()
    for key, new in ELSEWHERE.items():
        said = said.replace(new.encode(), STATED[key].encode())
    return said


def assert_same(made: Path, kept: Path, pattern: str = "*") -> None:
    "Both folders hold the same files, which say the same but for their home."
    assert files(made, pattern) == files(kept, pattern)
    differ = [
        str(file)
        for file in files(made, pattern)
        if at_home(made / file) != (kept / file).read_bytes()
    ]
    assert not differ, "run `make notebooks docs` and commit what it makes"


def test_code_is_in_step_with_the_notebooks(rebuilt: Path) -> None:
    assert_same(rebuilt / "autograd_tutorial", ROOT / "autograd_tutorial", "*.py")


def test_notebooks_are_clean(rebuilt: Path) -> None:
    assert_same(rebuilt / "nbs", ROOT / "nbs")


def test_site_is_in_step_with_the_notebooks(rebuilt: Path) -> None:
    assert_same(rebuilt / "docs", ROOT / "docs")
    for name in ("README.md", "pyproject.toml", "CITATION.cff", "CONTRIBUTING.md", "CHANGELOG.md"):
        assert at_home(rebuilt / name) == (ROOT / name).read_bytes(), name


def test_a_new_home_changes_every_link(rebuilt: Path) -> None:
    made = [path for path in files(rebuilt) if path.parts[0] != "tests" and path.suffix in WORDS]
    for path in made:
        text = (rebuilt / path).read_text(encoding="utf-8")
        assert f"{STATED['user']}/" not in text and f"{STATED['user']}.github.io" not in text, path
        assert "-elsewhere-elsewhere" not in text, path
        kept = ROOT / path
        assert kept.suffix == ".ini" or not any(
            new in kept.read_text(encoding="utf-8") for new in ELSEWHERE.values()
        ), f"{path} has a word of the other home itself: choose another"
    page = (rebuilt / "docs" / "fit.html").read_text(encoding="utf-8")
    colab = "https://colab.research.google.com/github/{user}/{repo}/blob/{branch}/docs/notebooks/02_fit.ipynb"
    assert colab.format_map(ELSEWHERE) in page
    lesson = (rebuilt / "nbs" / "02_fit.ipynb").read_text(encoding="utf-8")
    assert '\\"https://github.com/{user}/{repo}\\"'.format_map(ELSEWHERE) in lesson
    assert "archive/{branch}.zip".format_map(ELSEWHERE) in lesson
