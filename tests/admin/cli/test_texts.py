"""Announcements and help desks as documents: mistakes with their place, differences, export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin.cli.commands import KINDS
from admin.registrations import kinds as table
from broker.configuration import MODELS as REGISTERED
from sandbox.prepare import Demo
from state import audit
from state.audit import EventTag
from state.registrations import Kind
from tests.admin.cli.conftest import Sluis

TEXTS = """\
kind: Announcement
id: onderhoud
about: maintenance
title: {nl: Onderhoud, en: Maintenance}
text:
  nl: >
    Zaterdag van 22.00 tot 23.30 uur
    kunt u niet inloggen.
  en: You cannot log in on Saturday from 22:00 to 23:30.
from: 2026-11-28T22:00:00+01:00
until: 2026-11-28T22:30:00Z
---
kind: HelpDesk
name: {nl: Helpdesk, en: Help desk}
phone: 088 123 45 67
hours: {nl: ma–vr 8.00–17.00 uur}
email: help@voorbeeld.example
url: https://voorbeeld.example/hulp
"""
DUTCH = "Zaterdag van 22.00 tot 23.30 uur kunt u niet inloggen."


def _write(tmp_path: Path, text: str) -> str:
    file = tmp_path / "texts.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_texts_are_applied_exported_and_applied_again(
    sluis: Sluis,
    tmp_path: Path,
    session: Session,
) -> None:
    done = sluis("apply", "-f", _write(tmp_path, TEXTS))
    assert done.exit_code == 0, done.output
    assert "created    Announcement      onderhoud" in done.output
    assert "created    HelpDesk          site" in done.output
    exported = sluis("export").output
    assert DUTCH in exported
    assert "from: '2026-11-28T22:00:00+01:00'" in exported
    file = _write(tmp_path, exported)
    assert (
        sluis("diff", "-f", file).output
        == "0 created, 0 changed, 2 unchanged\nNothing to change.\n"
    )
    assert sluis("apply", "-f", file).exit_code == 0
    found = audit.recent(session, tags=[EventTag.REGISTRATION_CHANGED])
    assert {event.details["kind"] for event in found} == {"Announcement", "HelpDesk"}
    assert len(found) == 2


@pytest.mark.usefixtures("session")
def test_a_changed_text_shows_its_old_and_its_new_words(sluis: Sluis, tmp_path: Path) -> None:
    sluis("apply", "-f", _write(tmp_path, TEXTS))
    done = sluis("diff", "-f", _write(tmp_path, TEXTS.replace("088 123 45 67", "088 765 43 21")))
    assert done.exit_code == 3
    assert "  phone:\n    - 088 123 45 67\n    + 088 765 43 21\n" in done.output


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("about:", "abuot:"), 1, "abuot: unknown field; did you mean about?"),
        (("from:", "form:"), 1, "form: unknown field; did you mean from?"),
        (("text:\n  nl", "text:\n  nll"), 1, "text.nll: unknown field; did you mean nl?"),
        (("kind: HelpDesk", "kind: Helpdesk"), 13, "did you mean HelpDesk?"),
        (("phone:", "fone:"), 13, "fone: unknown field; did you mean phone?"),
        (("https://", "http://"), 13, "url: write a whole address that begins with https://"),
        (("+01:00", ""), 1, "from: write a day, such as"),
        (("kunt u niet", "kunt <b>u</b> niet"), 1, "text.nl: write plain text"),
        (("about:", "makelaar: nergens\nabout:"), 1, "there is no IdentityProvider nergens"),
        (
            ("name:", "service: 11111111-2222-4333-8444-555555555555\nname:"),
            13,
            "service: there is no Service 11111111-2222-4333-8444-555555555555",
        ),
    ],
)
def test_a_mistake_names_file_and_line(
    sluis: Sluis, tmp_path: Path, change: tuple[str, str], line: int, said: str
) -> None:
    file = _write(tmp_path, TEXTS.replace(*change))
    done = sluis("apply", "-f", file)
    assert done.exit_code == 2
    assert f"{file}:{line}: " in done.output and said in done.output, done.output
    assert sluis("export").output.strip() == "# Nothing is registered."
    assert sluis("apply", "-f", _write(tmp_path, TEXTS)).exit_code == 0  # the good twin


@pytest.mark.usefixtures("session")
def test_two_documents_for_one_thing_are_refused(sluis: Sluis, tmp_path: Path) -> None:
    second = TEXTS.partition("---\n")[2]
    file = _write(tmp_path, f"{TEXTS}---\n{second}")
    done = sluis("apply", "-f", file)
    assert done.exit_code == 2
    assert f"{file}:20: HelpDesk site stands in {file}:13 as well" in done.output


def test_the_schema_of_the_documents_names_every_kind_and_its_fields(
    sluis: Sluis, demo: Demo
) -> None:
    assert demo.config.is_file()
    document = json.loads(sluis("config", "schema", "--documents").output)
    kinds = {}
    for reference in document["oneOf"]:
        found = document["$defs"][reference["$ref"].rpartition("/")[2]]
        kinds[found["properties"]["kind"]["const"]] = found
    assert set(kinds) == set(table.KINDS)
    announcement = kinds["Announcement"]
    assert announcement["additionalProperties"] is False
    assert {"from", "until", "title", "text"} <= set(announcement["properties"])
    assert announcement["required"] == ["kind", "id", "about", "title", "text"]
    assert kinds["Service"]["properties"]["level"]["enum"] == ["EH2", "EH2+", "EH3", "EH4"]


def test_a_kind_of_a_newer_version_is_named(
    sluis: Sluis,
    tmp_path: Path,
    session: Session,
) -> None:
    file = _write(tmp_path, TEXTS)
    assert sluis("apply", "-f", file).exit_code == 0
    session.execute(
        text(
            "insert into registration (kind, name, document, changed_at) "
            "values ('Theme', 'x', '{}', '2026-01-01 00:00:00')"
        )
    )
    session.commit()
    for command in (("export",), ("diff", "-f", file), ("apply", "--prune", "-f", file)):
        done = sluis(*command)
        assert done.exit_code == 1, done.output
        assert "kind Theme are of a newer version of Sluis" in done.output


def test_every_kind_of_registration_is_known_everywhere() -> None:
    assert set(REGISTERED) == set(Kind) == set(table.REGISTERED)
    assert set(KINDS) == {str(kind) for kind in Kind}
    assert {str(kind) for kind in Kind} <= set(table.KINDS)
