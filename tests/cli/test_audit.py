"""``sluis audit`` as an operator meets it, after logins that really happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from broker.cli import main
from broker.expiry import Expiry
from broker.jobs import seal_audit
from sandbox.walk import Walk
from state import audit, trace
from state.audit import EventTag
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("audited"))
    page = made.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    assert page.heading == "U bent ingelogd"
    seal_audit(made.parts)
    return made


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(world.demo.config), "audit", *arguments])


def test_the_audit_of_a_login_is_whole_and_exported_without_names(
    world: World, tmp_path: Path
) -> None:
    said = run(world, "verify")
    assert said.exit_code == 0 and "The audit is whole." in said.output
    assert json.loads(run(world, "verify", "--json").output)["whole"] is True
    file = tmp_path / "audit.jsonl"
    assert run(world, "export", "--out", str(file)).exit_code == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert "login.succeeded" in {line.get("tag") for line in lines}
    assert any("checkpoint" in line for line in lines)
    assert "Vries" not in file.read_text(encoding="utf-8")
    cef = run(world, "export", "--format", "cef", "--from", "2020-01-01").output.splitlines()
    assert all(line.startswith("CEF:0|Sluis|Sluis|1|") for line in cef)
    assert run(world, "export", "--from", "yesterday").exit_code == 2
    with world.session() as session:
        assert len(audit.recent(session, tags=[EventTag.EXPORT_MADE])) == 2


def test_a_checkpoint_kept_elsewhere_is_compared(world: World, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(run(world, "checkpoint").output, encoding="ascii")
    assert run(world, "verify", "--checkpoint", str(kept)).exit_code == 0
    kept.write_text("eyJ.x.y", encoding="ascii")
    assert run(world, "verify", "--checkpoint", str(kept)).exit_code == 3


def test_a_forgotten_person_is_no_longer_named(world: World) -> None:
    with world.parts.engine.connect() as connection:
        query = "SELECT person_id FROM audit_event WHERE tag = 'login.succeeded'"
        person = connection.execute(text(query)).scalar_one()
    assert run(world, "forget", person, "--yes").exit_code == 0
    assert run(world, "forget", person, "--yes").exit_code == 1
    assert person not in run(world, "export").output
    assert '"person_id": "forgotten"' in run(world, "export").output
    assert run(world, "verify").exit_code == 0


def test_L_04_what_was_changed_is_named(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    assert run(world, "checkpoint").exit_code == 1  # nothing is sealed yet
    seal_audit(world.parts)
    with world.parts.engine.begin() as connection:
        connection.execute(text("UPDATE audit_event SET outcome = 'x' WHERE id = 1"))
    said = run(world, "verify")
    assert said.exit_code == 3
    assert "batch 1, event 1: an event was changed after it was sealed" in said.output


def test_a_login_that_nobody_finished_gets_its_ending(tmp_path: Path) -> None:
    world, expiry = make_world(tmp_path), Expiry()
    walk: Walk = world.walk("Meldportaal Bodem", "Polderpoort", "jan")
    browser = walk.browser
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click("Meldportaal Bodem")
    expiry.run(world.parts)
    with world.session() as session:
        assert trace.recent(session) == []
    world.clock.advance(16 * 60)
    world.parts.holder.refresh()
    assert browser.open(browser.page.url if browser.page else "").status == 410
    for _ in range(2):  # once, also when two workers look
        expiry.run(world.parts)
        Expiry().run(world.parts)
    with world.session() as session:
        [found] = trace.recent(session)
        assert (found.outcome, found.reason) == ("expired", "login_expired")
        assert len(audit.recent(session, tags=[EventTag.LOGIN_EXPIRED])) == 1
