"Types, style, what GitHub reads, and the boxes for a classroom."

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import settings
from project import LESSONS, ROOT, run

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(
    path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"
)
FIRST = f"nbs/{LESSONS[0].name}"
SCHEMAS = [
    ("vendor.github-workflows", WORKFLOWS),
    ("custom.github-workflows-require-timeout", WORKFLOWS),
    ("vendor.github-issue-forms", FORMS),
    ("vendor.github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
    ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
    ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
]


def workflow(path: Path) -> dict:
    return yaml.load(
        path.read_text(encoding="utf-8"), yaml.BaseLoader
    )  # with the plain one, `on` is True


def steps(path: Path) -> list[dict]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def test_types_are_sound() -> None:
    run("mypy", "--strict", cwd=ROOT)


def test_style_is_kept() -> None:
    run("ruff", "check", "--no-cache", ".", cwd=ROOT)
    run("ruff", "format", "--no-cache", "--check", ".", cwd=ROOT)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "autograd_tutorial").rglob("*.py")), ids=lambda path: path.stem
)
def test_no_type_is_ignored_in_the_package(path: Path) -> None:
    assert not re.search(r"type: ignore|# noqa", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("schema", "paths"), SCHEMAS, ids=[name for name, _ in SCHEMAS])
def test_what_github_reads_follows_its_schema(schema: str, paths: list[Path]) -> None:
    assert paths
    run("check-jsonschema", "--builtin-schema", schema, *paths, cwd=ROOT)


def test_workflows_are_these() -> None:
    assert [path.stem for path in WORKFLOWS] == ["deploy", "links", "publish", "test"]
    assert [path.stem for path in FORMS] == ["bug", "idea", "lesson"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"\buses: (.*)", path.read_text(encoding="utf-8"))
    assert used and len(used) == sum("uses" in step for step in steps(path))
    for line in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_is_pinned_to_one_commit_everywhere() -> None:
    used = {step["uses"] for path in WORKFLOWS for step in steps(path) if "uses" in step}
    assert len(used) == len({action.split("@")[0] for action in used})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_may_do_little(path: Path) -> None:
    assert workflow(path)["permissions"] == {"contents": "read"}
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
        assert "${{" not in step.get("run", "").replace("${{ matrix.", ""), (
            "what somebody else wrote must not become a command"
        )


def test_only_these_jobs_may_write() -> None:
    may = {
        (path.stem, name): set(job["permissions"])
        for path in WORKFLOWS
        for name, job in workflow(path)["jobs"].items()
        if "permissions" in job
    }
    assert may == {
        ("deploy", "deploy"): {"pages", "id-token"},
        ("publish", "attest"): {"attestations", "id-token"},
        ("publish", "publish"): {"id-token"},
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_older_run_gives_way_unless_it_publishes(path: Path) -> None:
    assert workflow(path)["concurrency"]["cancel-in-progress"] == (
        "false" if path.stem == "publish" else "true"
    )


def test_oldest_python_allowed_is_tested() -> None:
    jobs = workflow(GITHUB / "workflows" / "test.yml")["jobs"]
    assert jobs["oldest"]["steps"][-1]["run"].split()[:4] == [
        "make",
        "test-oldest",
        "PYTHON=python",
        f"PYTHON_OLDEST=python{settings.read()['min_python']}",
    ]
    assert {system.split("-")[0] for system in jobs["test"]["strategy"]["matrix"]["os"]} == {
        "ubuntu",
        "macos",
    }


def test_citation_says_what_settings_say() -> None:
    cited, stated = (
        yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8")),
        settings.read(),
    )
    assert cited["version"] == stated["version"] and cited["license"] == stated["license"]
    assert cited["title"] == stated["lib_name"] and cited["abstract"] == stated["description"]
    assert cited["authors"] == [{"name": stated["author"]}]
    assert cited["keywords"] == stated["keywords"].split()
    assert (cited["repository-code"], cited["url"]) == (settings.repository(), settings.site())


def test_git_hooks_are_those_of_nbdev(tmp_path: Path) -> None:
    "What `make hooks` writes is committed, so that running it changes nothing here."
    subprocess.run(["git", "init", "--quiet", tmp_path / "clone"], check=True)
    program = Path(sys.executable).parent / "nbdev-install-hooks"
    env = {**os.environ, "HOME": str(tmp_path)}
    env = {key: value for key, value in env.items() if not key.startswith("GIT_")}
    subprocess.run([program], cwd=tmp_path / "clone", env=env, check=True)
    for name in (".gitattributes", ".gitconfig"):
        assert (tmp_path / "clone" / name).read_text(encoding="utf-8") == (ROOT / name).read_text(
            encoding="utf-8"
        )


def test_changelog_has_this_version() -> None:
    assert f"\n## {settings.read()['version']}\n" in (ROOT / "CHANGELOG.md").read_text(
        encoding="utf-8"
    )


def test_container_installs_the_package_and_opens_lesson_1() -> None:
    box = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert box["customizations"]["codespaces"]["openFiles"] == [FIRST]
    assert (
        box["postCreateCommand"]
        == "python -m pip install --constraint tests/constraints.txt --editable '.[lab]'"
    )
    assert re.fullmatch(r"[\w./-]+:3\.\d+", box["image"])


def test_binder_installs_the_package() -> None:
    binder = ROOT / ".binder"
    assert (binder / "requirements.txt").read_text(encoding="utf-8").splitlines() == [
        "-c ../tests/constraints.txt",
        "-e .[lab]",
    ]
    assert (binder / "../tests/constraints.txt").exists()
    assert re.fullmatch(r"python-3\.\d+\n", (binder / "runtime.txt").read_text(encoding="utf-8"))


def test_binder_opens_lesson_1(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run([ROOT / ".binder" / "postBuild"], cwd=ROOT, env=env, check=True)
    for app, name in (("lab", "LabApp"), ("server", "ServerApp")):
        config = json.loads(
            (tmp_path / ".jupyter" / f"jupyter_{app}_config.json").read_text(encoding="utf-8")
        )
        assert config == {name: {"default_url": f"/lab/tree/{FIRST}"}}
    assert "gh/{user}/{repo}/{branch}?urlpath=lab/tree/".format_map(settings.read()) + FIRST in (
        ROOT / "nbs/index.ipynb"
    ).read_text(encoding="utf-8")
