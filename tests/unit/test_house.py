"Types are sound, what GitHub reads is valid and may do little, and the boxes for a classroom open lesson 1."

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

import settings
from project import LESSONS, ROOT, run
from versions import ROOMS, TESTS

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(
    path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"
)
FIRST = f"docs/notebooks/{LESSONS[0].name}"
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


def test_no_type_is_ignored_in_the_package() -> None:
    for path in (ROOT / "autograd_tutorial").rglob("*.py"):
        assert not re.search(r"type: ignore|# noqa", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(("schema", "paths"), SCHEMAS, ids=[name for name, _ in SCHEMAS])
def test_what_github_reads_follows_its_schema(schema: str, paths: list[Path]) -> None:
    assert paths
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *map(str, paths)])
    assert done.exit_code == 0, done.output


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
        ("publish", "release"): {"contents"},
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_older_run_gives_way_unless_it_publishes(path: Path) -> None:
    gives_way = "false" if path.stem == "publish" else "true"
    assert workflow(path)["concurrency"]["cancel-in-progress"] == gives_way


def test_both_systems_and_the_oldest_python_allowed_are_tested() -> None:
    jobs = workflow(GITHUB / "workflows" / "test.yml")["jobs"]
    systems = jobs["test"]["strategy"]["matrix"]["os"]
    assert {system.split("-")[0] for system in systems} == {"ubuntu", "macos"}
    assert jobs["oldest"]["steps"][-1]["run"].split()[:2] == ["make", "test-oldest"]
    assert {path.parent.name for path in TESTS} == set(ROOMS), "which finds tests in each room"
    assert (
        settings.read()["min_python"]
        in jobs["oldest"]["steps"][1]["with"]["python-version"].split()
    )


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


def test_changelog_has_this_version() -> None:
    assert f"\n## {settings.read()['version']}\n" in (ROOT / "CHANGELOG.md").read_text(
        encoding="utf-8"
    )


def test_containers_install_what_the_tests_ran_with_and_open_lesson_1() -> None:
    box = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert box["customizations"]["codespaces"]["openFiles"] == [FIRST]
    assert "--constraint tests/constraints.txt --editable '.[lab]'" in box["postCreateCommand"]
    binder = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert binder == ["-c ../tests/constraints.txt", "-e .[lab]"]
    assert re.fullmatch(r"[\w./-]+:3\.\d+", box["image"]), "one Python, and not the latest"
    runtime = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"python-3\.\d+\n", runtime)


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
