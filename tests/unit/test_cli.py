"The command puts the lessons where the reader wants them, and leaves alone what is there."

import os
import re
import stat
import sys
from pathlib import Path

import pytest
from autograd_tutorial import cli

from project import LESSONS, ROOT

FIRST = LESSONS[0].name


@pytest.fixture
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
