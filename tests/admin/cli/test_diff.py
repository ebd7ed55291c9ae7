"""``sluis diff`` and ``apply --dry-run``: what would change, field by field, without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.cli import main
from admin.registrations.differences import between, shown
from directory.people import Person
from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis
from tests.admin.cli.test_apply import SERVICE

PERSON = """\
kind: Person
id: p-1
name: Anna Voorbeeld
email: anna@example.nl
identities: [{provider: polderpoort, subject: "999990019"}]
organisations: [{kvk: "90001201"}]
---
kind: Organisation
kvk: "90001201"
name: Voorbeeld B.V.
establishments: [{number: "000090001201", name: Hoofdkantoor}]
"""


def _write(tmp_path: Path, text: str) -> str:
    file = tmp_path / "test.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.usefixtures("registered")
def test_what_was_exported_differs_in_nothing(sluis: Sluis, demo: Demo, tmp_path: Path) -> None:
    file = _write(tmp_path, sluis("export").output)
    done = sluis("diff", "-f", file)
    assert done.exit_code == 0, done.output  # what was revoked is not exported
    assert done.output == "0 created, 0 changed, 63 unchanged\nNothing to change.\n"
    assert json.loads(sluis("diff", "-f", file, "--json").output) == []
    assert sluis("diff", "-f", str(demo.registrations)).exit_code == 0


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("command", [("diff",), ("apply", "--dry-run")])
def test_a_changed_field_shows_its_old_and_its_new_value(
    sluis: Sluis, tmp_path: Path, command: tuple[str, ...]
) -> None:
    sluis("apply", "-f", _write(tmp_path, SERVICE))
    changed = SERVICE.replace("level: EH3", "level: EH4").replace("A service", "Another")
    done = sluis(*command, "-f", _write(tmp_path, changed))
    assert done.exit_code == 3
    assert done.output.splitlines()[:7] == [
        "changed    Service           11111111-2222-4333-8444-555555555555",
        "  level:",
        "    - EH3",
        "    + EH4",
        "  name.en:",
        "    - A service",
        "    + Another",
    ]
    assert "\x1b" not in done.output
    assert sluis("diff", "-f", _write(tmp_path, SERVICE)).exit_code == 0  # nothing was changed


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("text", [SERVICE, PERSON.split("---")[0]], ids=["Service", "Person"])
def test_of_a_new_document_the_fields_are_shown_and_nothing_else(
    sluis: Sluis, tmp_path: Path, text: str
) -> None:
    lines = sluis("diff", "-f", _write(tmp_path, text)).output.splitlines()
    assert lines[0].startswith("created")
    assert lines[-1] == "Nothing was changed; apply does it."
    fields = [line for line in lines if line.startswith("  ") and not line.startswith("    ")]
    assert fields and all(line.strip() != ":" for line in fields)
    assert not [line for line in lines if line.startswith("    - ")]


@pytest.mark.usefixtures("session")
def test_on_a_terminal_it_has_colours(demo: Demo, tmp_path: Path) -> None:
    command = ["--config", str(demo.config), "diff", "-f", _write(tmp_path, SERVICE)]
    done = CliRunner().invoke(main, command, color=True)
    assert click.style("    + EH3", fg="green") in done.output


@pytest.mark.usefixtures("session")
def test_the_difference_can_be_read_by_machines(sluis: Sluis, tmp_path: Path) -> None:
    sluis("apply", "-f", _write(tmp_path, SERVICE))
    changed = SERVICE.replace("level: EH3", "level: EH4")
    done = sluis("diff", "--json", "-f", _write(tmp_path, changed))
    assert done.exit_code == 3
    assert json.loads(done.output) == [
        {
            "kind": "Service",
            "name": "11111111-2222-4333-8444-555555555555",
            "change": "changed",
            "fields": [{"field": "level", "old": "EH3", "new": "EH4"}],
        }
    ]


@pytest.mark.usefixtures("session")
def test_mistakes_end_it_with_another_code(sluis: Sluis, tmp_path: Path) -> None:
    done = sluis("diff", "-f", _write(tmp_path, SERVICE.replace("EH3", "EH5")))
    assert done.exit_code == 2
    assert "level" in done.output


def test_people_and_organisations_differ_by_field_and_nothing_personal_is_told(
    sluis: Sluis,
    demo: Demo,
    tmp_path: Path,
    session: Session,
) -> None:
    sluis("apply", "-f", str(demo.registrations))
    new = sluis("diff", "-f", _write(tmp_path, PERSON))
    assert new.exit_code == 3, new.output
    assert sluis("apply", "--yes", "-f", _write(tmp_path, PERSON)).exit_code == 0
    later = (
        PERSON.replace("Anna Voorbeeld", "Anna Anders")
        .replace("anna@", "anders@")
        .replace("Hoofdkantoor", "Filiaal")
        .replace("999990019", "999990020")
    )
    changed = sluis("diff", "-f", _write(tmp_path, later))
    assert "  display_name:\n    - Anna Voorbeeld\n    + Anna Anders\n" in changed.output
    assert "  email:\n    - (hidden)\n    + (hidden)\n" in changed.output
    assert (
        "  establishment 000090001201.name:\n    - Hoofdkantoor\n    + Filiaal\n" in changed.output
    )
    for told in (new.output, changed.output):
        assert "example.nl" not in told
        assert "9999900" not in told
    applied = sluis("apply", "--yes", "-f", _write(tmp_path, later))
    assert "changed    Person" in applied.output
    assert session.scalar(select(Person.display_name).where(Person.id == "p-1")) == "Anna Anders"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("level", "EH3", "EH3"),
        ("help_url", "x" * 200, "x" * 71 + "…"),
        ("name", "two\nlines\x1b[2J", "two lines?[2J"),
        ("services", ["a", "b"], '["a", "b"]'),
        ("client_secret", "hunter2", "(hidden)"),
        ("sealed", b"seed", "(hidden)"),
        ("email", "anna@example.nl", "(hidden)"),
        ("notice", None, None),
    ],
)
def test_values_are_cut_and_secrets_hidden(key: str, value: object, told: str | None) -> None:
    assert shown(key, value) == told


def test_other_metadata_and_other_secrets_are_seen_to_be_others() -> None:
    old = {"secret_sha256": ["a" * 64], "saml": {"metadata": "<old/>", "entity_id": "x"}}
    new = {"secret_sha256": ["b" * 64], "saml": {"metadata": "<new/>", "entity_id": "x"}}
    found = {difference.field: difference for difference in between(old, new)}
    assert set(found) == {"secret_sha256", "saml.metadata"}
    for difference in found.values():
        assert difference.old != difference.new
        assert "SHA-256" in str(difference.new)
        assert "<new/>" not in str(difference.new)
        assert "bbb" not in str(difference.new)
