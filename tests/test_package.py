"The package holds what it should, installs into an empty environment, and its command puts the lessons there."

import os
import re
import stat
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from autograd_tutorial import cli

import settings
from conftest import Built
from project import LESSONS, ROOT, files, modules, run

NAME = settings.read()["lib_name"]
FIRST = LESSONS[0].name


def test_wheel_holds_the_package_and_the_lessons(built: Built) -> None:
    held = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    package = {f"{NAME}/{path}" for path in files(ROOT / NAME)}
    assert held == package | {f"{NAME}/lessons/{lesson.name}" for lesson in LESSONS}
    assert {f"{NAME}/py.typed", f"{NAME}/static/kit/kit.css"} <= held


def test_sdist_holds_what_the_wheel_is_made_from(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {member.name.split("/", 1)[1] for member in archive if member.isfile()}
    made = {"PKG-INFO", "setup.cfg", *(name for name in names if ".egg-info/" in name)}
    sources = {f"{NAME}/{path}" for path in files(ROOT / NAME)} | {
        f"nbs/{lesson.name}" for lesson in LESSONS
    }
    assert names - made == sources | {
        "LICENSE",
        "MANIFEST.in",
        "README.md",
        "pyproject.toml",
        "settings.ini",
        "setup.py",
    }


def test_index_will_take_both(built: Built) -> None:
    run("twine", "check", "--strict", built.wheel, built.sdist, cwd=ROOT)


@pytest.fixture(scope="module")
def empty(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    "The programs of an environment with the wheel and its requirements, and nothing else."
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    alone(
        programs / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--constraint",
        ROOT / "tests/constraints.txt",
        built.wheel,
    )
    return programs


def alone(*command: str | Path, cwd: Path | None = None) -> str:
    "Run a command with nothing of this environment in sight, and return what it printed."
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "AUTOGRAD_TUTORIAL", "VIRTUAL_ENV"))
    }
    done = subprocess.run(command, cwd=cwd, text=True, capture_output=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_module_imports_with_the_requirements_alone(empty: Path, tmp_path: Path) -> None:
    said = alone(
        empty / "python",
        "-c",
        f"import {', '.join(modules())}; print({NAME}.__file__, {NAME}.__version__)",
        cwd=tmp_path,
    )
    assert (
        said.split()[0].startswith(str(empty.parent))
        and said.split()[1] == settings.read()["version"]
    )
    alone(empty / "python", "-m", "pip", "check")


def test_example_of_the_readme_runs_there(empty: Path, tmp_path: Path) -> None:
    section = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .split("## Import the helpers")[1]
        .split("\n## ")[0]
    )
    blocks = re.findall(r"```python\n(.*?)```", section, re.S)
    said = alone(empty / "python", "-c", "\n".join(blocks), cwd=tmp_path)
    assert blocks and float(said) == pytest.approx(35.110985, rel=1e-4)


def test_command_works_there_and_says_what_is_missing(empty: Path, tmp_path: Path) -> None:
    said = alone(empty / "autograd-tutorial", cwd=tmp_path).splitlines()
    folder = tmp_path / "autograd_tutorial_lessons"
    assert said == [
        f"Lessons in {folder}",
        *(f"  {lesson.name}: copied" for lesson in LESSONS),
        "JupyterLab is missing: pip install jupyterlab, then run this again",
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        lesson.name: lesson.read_bytes() for lesson in LESSONS
    }


@pytest.fixture()
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    "The commands that would have replaced this process."
    seen: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: seen.append(command))
    return seen


def test_lessons_open_at_the_first(
    tmp_path: Path, opened: list, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([str(tmp_path / "new" / "folder")])
    (command,) = opened
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path / 'new' / 'folder'}" in command
    assert f"--LabApp.default_url=/lab/tree/{FIRST}" in command
    assert "copied" in capsys.readouterr().out


def test_nothing_opens_when_asked_not_to(tmp_path: Path, opened: list) -> None:
    cli.main([str(tmp_path), "--no-open"])
    assert not opened and (tmp_path / FIRST).exists()


def test_what_the_reader_wrote_is_left_alone(
    tmp_path: Path, opened: list, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FIRST).write_text("my answers", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine too", encoding="utf-8")
    cli.main([str(tmp_path), "--no-open"])
    cli.main([str(tmp_path), "--no-open"])
    said = capsys.readouterr().out.splitlines()
    assert said.count(f"  {FIRST}: left alone, it differs from the one in this version") == 2
    assert (
        said.count(f"  {LESSONS[1].name}: copied")
        == said.count(f"  {LESSONS[1].name}: there already")
        == 1
    )
    assert (tmp_path / FIRST).read_text(encoding="utf-8") == "my answers"
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine too"


def test_links_are_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / FIRST).symlink_to(target)
    assert "left alone" in cli.copy_lessons(tmp_path / "lessons")[0]
    assert not target.exists()


def test_a_file_in_the_way_ends_it(tmp_path: Path, opened: list) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    for folder in (file, file / "below"):
        with pytest.raises(
            SystemExit,
            match=re.escape(f"cannot put the lessons into {folder}, ")
            + ".*; name another one: autograd-tutorial FOLDER",
        ):
            cli.main([str(folder)])
    assert file.read_text(encoding="utf-8") == "not a folder" and not opened


def test_a_folder_that_takes_no_files_ends_it(
    tmp_path: Path, opened: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(tmp_path, os.W_OK):  # root may write everywhere
        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        SystemExit,
        match=f"cannot put the lessons into {tmp_path}, Permission denied; name another one",
    ):
        cli.main([str(tmp_path)])
    tmp_path.chmod(stat.S_IRWXU)
    assert not opened and not list(tmp_path.iterdir())


def refuse(path: Path, mode: str = "r") -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_make_lab_says_the_same_where_jupyterlab_is_missing(
    opened: list, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    cli.open_lab(ROOT / "nbs")
    assert (
        capsys.readouterr().out
        == "JupyterLab is missing: pip install jupyterlab, then run this again\n"
        and not opened
    )
