"""``sluis audit`` and ``sluis person`` as operators use them, on a world where people logged in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from admin.audit.verification import Fault
from admin.cli import main
from admin.cli.auditing import TOLD
from admin.operations.jobs import seal_audit
from assurance.factors import Factor
from directory.people import ExternalIdentity, Person
from state import audit
from state.audit import EventTag
from state.db import WRITES
from tests.world import World

BODEM = "Meldportaal Bodem"
CEF = re.compile(
    r"CEF:0\|Sluis\|sluis\|1\|[a-z_.]+\|[a-z_.]+\|\d\|(\w+=(\\.|[^=\\])*(?= \w+=|$) ?)+"
)


def sluis(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(world.demo.config), *arguments])


@pytest.fixture
def sealed(own_world: World) -> World:
    """Jan logged in and out again, and it was sealed."""
    assert own_world.walk(BODEM, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    seal_audit(own_world.process)
    return own_world


def jan(world: World) -> str:
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.LOGIN_SUCCEEDED], limit=1)[0]
    assert event.person_id is not None
    return event.person_id


def test_every_fault_is_told_in_words() -> None:
    assert set(TOLD) == set(Fault)


def test_L_04_the_check_ends_with_0_or_3(sealed: World) -> None:
    done = sluis(sealed, "audit", "verify")
    assert done.exit_code == 0, done.output
    assert "The chain is whole." in done.output
    with sealed.process.engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        connection.execute(text("UPDATE audit_event SET outcome = 'refused' WHERE id = 1"))
        connection.commit()
    done = sluis(sealed, "audit", "verify")
    assert done.exit_code == 3
    assert "batch 1, event 1: an event was changed after it was sealed" in done.output
    done = sluis(sealed, "audit", "verify", "--json")
    assert done.exit_code == 3
    report = json.loads(done.output)
    assert report["whole"] is False
    assert {"fault": "row_changed", "batch": 1, "event": 1} in report["faults"]


def test_L_04_a_chain_that_was_cut_shows_beside_the_checkpoint(
    sealed: World, tmp_path: Path
) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(sluis(sealed, "audit", "checkpoint").output)
    assert sluis(sealed, "audit", "verify", "--checkpoint", str(kept)).exit_code == 0
    kept.write_text(kept.read_text(), encoding="utf-16")  # as PowerShell keeps it
    assert sluis(sealed, "audit", "verify", "--checkpoint", str(kept)).exit_code == 0
    with sealed.process.engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        connection.execute(text("DELETE FROM audit_event"))
        connection.execute(text("DELETE FROM audit_batch"))
        connection.commit()
    assert sluis(sealed, "audit", "verify").exit_code == 0
    done = sluis(sealed, "audit", "verify", "--checkpoint", str(kept))
    assert done.exit_code == 3
    assert "cut off" in done.output


def test_a_file_that_is_no_text_is_told_in_a_sentence(sealed: World, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_bytes(b"{\xff")
    done = sluis(sealed, "audit", "verify", "--checkpoint", str(kept))
    assert done.exit_code == 2 and "it is not UTF-8" in done.output


def test_without_a_sealed_event_there_is_no_checkpoint(own_world: World) -> None:
    done = sluis(own_world, "audit", "checkpoint")
    assert done.exit_code == 1
    assert "nothing is sealed yet" in done.output


def test_an_export_holds_events_and_checkpoints_and_is_audited(
    sealed: World, tmp_path: Path
) -> None:
    out = tmp_path / "audit.jsonl"
    done = sluis(sealed, "audit", "export", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o077 == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    events = {line["tag"]: line for line in lines if "tag" in line}
    assert events["login.succeeded"]["person_id"] == jan(sealed)
    assert events["login.succeeded"]["level"] == "EH3"
    assert events["export.made"]["details"]["format"] == "jsonl"
    batches = {line["batch"] for line in lines if line.get("tag") and line["batch"]}
    assert {line["batch"] for line in lines if "checkpoint" in line} == batches
    with sealed.session() as session:
        assert len(audit.recent(session, tags=[EventTag.EXPORT_MADE])) == 1
    assert sluis(sealed, "audit", "export", "--out", str(out)).exit_code != 0, "never overwritten"


def test_an_export_of_a_period_holds_that_period(sealed: World) -> None:
    done = sluis(sealed, "audit", "export", "--until", "2020-01-01")
    assert (done.exit_code, done.output) == (0, "")
    done = sluis(sealed, "audit", "export", "--from", "2020-01-01")
    assert "login.succeeded" in done.output


def test_an_export_in_cef_has_one_event_a_line(sealed: World) -> None:
    lines = sluis(sealed, "audit", "export", "--format", "cef").output.splitlines()
    assert all(CEF.fullmatch(line) for line in lines), lines
    names = {line.split("|")[4] for line in lines}
    assert {"login.succeeded", "audit.checkpoint", "export.made"} <= names


def test_a_person_is_forgotten_everywhere_and_comes_back_as_somebody_new(sealed: World) -> None:
    person = jan(sealed)
    done = sluis(sealed, "person", "forget", person, "--yes")
    assert done.exit_code == 0, done.output
    with sealed.session() as session:
        for table in ("login_history", "consent", "external_identity", '"grant"', "session"):
            query = text(f"SELECT count(*) FROM {table} WHERE person_id = :person")
            assert session.scalar(query, {"person": person}) == 0, table
        assert session.scalars(select(Factor).where(Factor.person_id == person)).all() == []
        left = session.get_one(Person, person)
        assert (left.display_name, left.email) == ("", None)
    seal_audit(sealed.process)
    assert sluis(sealed, "audit", "verify").exit_code == 0
    told = sluis(sealed, "audit", "export").output
    assert person not in told
    login = next(line for line in told.splitlines() if '"login.succeeded"' in line)
    assert json.loads(login)["person_id"] == "forgotten"
    page = sealed.walk(BODEM, "Polderpoort", "jan").run()
    assert page.heading == "U mag nog niet inloggen bij Meldportaal Bodem", page.text
    with sealed.session() as session:
        assert person not in session.scalars(select(ExternalIdentity.person_id)).all()


def test_forgetting_asks_first_and_knows_who_there_is(sealed: World) -> None:
    person = jan(sealed)
    assert sluis(sealed, "person", "forget", person).exit_code == 1, "nobody said yes"
    with sealed.session() as session:
        assert session.get_one(Person, person).display_name
    done = sluis(sealed, "person", "forget", "nobody", "--yes")
    assert (done.exit_code, "no person" in done.output) == (2, True)
