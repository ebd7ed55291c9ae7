"""What is shipped to run Sluis with names settings and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from broker.cli import main
from broker.settings import Settings
from tests.architecture.source_tree import ROOT, files

DEPLOY = tuple(path for path in files() if path.parts[0] == "deploy")
DOCUMENTS = tuple(path for path in files() if path.parts[0] == "docs" and path.suffix == ".md")
_VARIABLE = re.compile(r"SLUIS__([A-Z_]+?)__([A-Z_]+)")
_COMMAND = re.compile(r"(?:`|\$ |/bin/|^)sluis(?: --config \S+)? ([a-z][a-z-]*)", re.MULTILINE)
_COMPOSED = re.compile(r"(?:command: |args: |CMD )\[\"?([a-z]+)\"?\]")


def _read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _is_setting(section: str, key: str) -> bool:
    field = Settings.model_fields.get(section.lower())
    known = getattr(field.annotation, "model_fields", {}) if field else {}
    return key.lower() in known or key.lower().removesuffix("_file") in known


@pytest.mark.parametrize("path", [p for p in DEPLOY if p.suffix in (".yaml", ".yml")], ids=str)
def test_it_is_yaml(path: Path) -> None:
    assert all(isinstance(document, dict) for document in yaml.safe_load_all(_read(path)))


def test_every_variable_is_a_setting() -> None:
    named = [(p, *found) for p in DEPLOY for found in _VARIABLE.findall(_read(p))]
    assert len(named) >= 5
    assert [one for one in named if not _is_setting(one[1], one[2])] == []


def test_every_command_exists() -> None:
    found = [(p, verb) for p in (*DEPLOY, *DOCUMENTS) for verb in _COMMAND.findall(_read(p))]
    found += [(p, verb) for p in DEPLOY for verb in _COMPOSED.findall(_read(p))]
    assert {"serve", "worker", "migrate"} <= {verb for _, verb in found}
    assert [one for one in found if one[1] not in main.commands] == []


@pytest.mark.parametrize(("key", "known"), [("BASE_URL", True), ("BASE_ULR", False)])
def test_a_wrong_name_would_be_seen(key: str, known: bool) -> None:
    assert _is_setting("WEB", key) is known
