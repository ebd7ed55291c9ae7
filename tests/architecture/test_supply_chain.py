"""What we build on is named and pinned, and nothing secret lies in the repository."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.source_tree import ROOT, texts
from tests.distributions import needed_by
from tools.sbom import LOCK, bill, locked

EVERYTHING = ROOT / "requirements.lock"
BUILD = ROOT / "requirements-build.lock"

# What a secret looks like. Each pattern must find its own example, or it proves nothing.
# It begins with a text that is looked for at once; one that begins with \b is tried everywhere.
SECRETS = {
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{100,}": "-----BEGIN PRIVATE KEY-----\n"
    + "A" * 120,
    r"AKIA[0-9A-Z]{16}\b": "AKIA" + "A" * 16,
    r"gh[pousr]_[A-Za-z0-9]{36,}\b": "ghp_" + "a" * 36,
    r"xox[abprs]-[A-Za-z0-9-]{20,}": "xoxb-" + "1" * 24,
    r'"d": *"[A-Za-z0-9_-]{40,}"': '"d": "' + "a" * 43 + '"',
    r"eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}": "eyJ"
    + "a" * 20
    + ".eyJ"
    + "a" * 20
    + "."
    + "a" * 20,
}


def test_H_10_every_package_of_production_is_in_the_bill_of_materials() -> None:
    text = LOCK.read_text(encoding="utf-8")
    packages = list(locked(text))
    assert len(packages) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert all(package.hashes for package in packages)
    made = bill(packages)
    named = {component["name"] for component in made["components"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=~!; ]", text)[0].lower() for text in project["dependencies"]}
    assert wanted <= named
    assert made["components"][0]["purl"].startswith("pkg:pypi/")


def test_H_10_production_gets_what_was_tested_and_no_tool_of_ours() -> None:
    ours = {one.name: one for one in locked(EVERYTHING.read_text(encoding="utf-8"))}
    theirs = {one.name: one for one in locked(LOCK.read_text(encoding="utf-8"))}
    assert {name: ours.get(name) for name in theirs} == theirs
    assert {"pytest", "playwright", "mypy", "ruff"} <= ours.keys() - theirs.keys()
    for file in ("deploy/Dockerfile", "docs/operations.md", "README.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        installs = [
            line for line in text.splitlines() if re.search(r"\bpip (install|wheel) ", line)
        ]
        assert any("-r requirements-run.lock" in line for line in installs), file
        assert any("-r requirements-build.lock" in line for line in installs), file
        for line in installs:
            from_lock = "--require-hashes" in line
            offline = "--no-index" in line and "--no-deps" in line
            assert from_lock != offline, f"{file}: {line}"
            is_source = line.rstrip(" \\").endswith(" .")
            assert ("--no-build-isolation" in line) == is_source, f"{file}: {line}"


def test_H_10_what_builds_the_package_is_locked_too() -> None:
    ours = {one.name: one for one in locked(EVERYTHING.read_text(encoding="utf-8"))}
    builds = {one.name: one for one in locked(BUILD.read_text(encoding="utf-8"))}
    assert builds == {name: ours[name] for name in builds}
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    assert {re.split(r"[<>=~!]", one)[0] for one in needs["requires"]} == builds.keys()


def test_H_10_production_gets_all_that_the_program_needs() -> None:
    theirs = {one.name for one in locked(LOCK.read_text(encoding="utf-8"))}
    needed = needed_by("sluis", "telemetry")
    assert len(needed) > 40
    assert needed <= theirs


def test_H_10_a_release_asks_everything_first() -> None:
    """Tests, what tries them, the bill of materials and the advisories about all that is locked."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(
        r"^release-check: check test-all test-java mutants sbom advisories ##", text, re.M
    )
    (recipe,) = re.findall(r"^advisories:.*\n((?:\t.*\n)+)", text, re.M)
    assert "pip-audit --strict" in recipe and "-r requirements.lock" in recipe
    assert "make release-check" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("pattern", "example"), list(SECRETS.items()))
def test_no_secret_lies_in_the_repository(pattern: str, example: str) -> None:
    assert re.search(pattern, example)
    found = [str(path) for path, text in texts() if re.search(pattern, text)]
    assert not found


def test_H_10_the_linter_looks_for_insecure_code() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
        "lint"
    ]
    assert "S" in lint["select"]  # the rules of bandit
    assert set(lint["ignore"]) & {f"S{n}" for n in range(101, 800)} <= {"S101", "S105", "S106"}
