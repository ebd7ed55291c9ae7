"""What we build on is named and pinned, and nothing secret lies in the repository."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.source_tree import ROOT, files
from tools.sbom import LOCK, bill, locked

# What a secret looks like. Each pattern must find its own example, or it proves nothing.
SECRETS = {
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{100,}": "-----BEGIN PRIVATE KEY-----\n"
    + "A" * 120,
    r"\bAKIA[0-9A-Z]{16}\b": "AKIA" + "A" * 16,
    r"\bgh[pousr]_[A-Za-z0-9]{36,}\b": "ghp_" + "a" * 36,
    r"\bxox[abprs]-[A-Za-z0-9-]{20,}": "xoxb-" + "1" * 24,
    r'"d": *"[A-Za-z0-9_-]{40,}"': '"d": "' + "a" * 43 + '"',
    r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}": "eyJ"
    + "a" * 20
    + ".eyJ"
    + "a" * 20
    + "."
    + "a" * 20,
}


def test_every_locked_package_is_in_the_bill_of_materials() -> None:
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


@pytest.mark.parametrize(("pattern", "example"), list(SECRETS.items()))
def test_no_secret_lies_in_the_repository(pattern: str, example: str) -> None:
    assert re.search(pattern, example)
    found = []
    for path in files():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if re.search(pattern, text):
            found.append(str(path))
    assert not found


def test_the_linter_looks_for_insecure_code() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
        "lint"
    ]
    assert "S" in lint["select"]  # the rules of bandit
    assert set(lint["ignore"]) & {f"S{n}" for n in range(101, 800)} <= {"S101", "S105", "S106"}
