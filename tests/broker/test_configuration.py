"""What a process loads: every kind by its own model, and none that it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from broker import configuration
from state.registrations import DocumentUnknown, Kind, KindUnknown, all_registrations, save
from tests.clocks import START
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    path: Path = tmp_path_factory.mktemp("world")
    return make_world(path)


def test_each_kind_is_loaded_by_its_own_model(world: World) -> None:
    found = world.process.holder.refresh()
    assert len(found.providers) == 7 and len(found.oidc_clients) == 4
    assert "site" in found.help_desks and found.announcements == ()


def test_a_kind_of_a_newer_version_is_named_and_what_was_loaded_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = world.process.holder
    before = holder.refresh()
    with world.session() as session, session.begin():
        session.execute(
            text(
                "insert into registration (kind, name, document, changed_at) "
                "values ('Theme', 'x', '{}', '2026-01-01 00:00:00')"
            )
        )
        session.execute(text("update registration_revision set revision = revision + 1"))
    with pytest.raises(KindUnknown, match="kind Theme are of a newer version of Sluis"):
        holder.refresh()
    assert holder.last is before and holder.current is before
    monkeypatch.setattr(configuration, "POLL_SECONDS", 0.0)
    stop = _StopsAfterOneRound()
    with capture_logs() as logs:
        holder.poll_forever(stop)  # type: ignore[arg-type]  # only wait() is used
    (line,) = [entry for entry in logs if entry["event"] == "configuration.refresh_failed"]
    assert "kind Theme" in line["error"]


def test_a_field_of_a_newer_version_is_named_without_its_value(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = world.process.holder
    with world.session() as session, session.begin():
        session.execute(text("delete from registration where kind = 'Theme'"))
        row = next(one for one in all_registrations(session) if one.kind is Kind.CLIENT)
        before, name = dict(row.document), row.name
        save(session, Kind.CLIENT, name, {**before, "newer": "a secret"}, START)
    told = f"Client {name}: this version of Sluis does not know newer"
    with pytest.raises(DocumentUnknown, match=told) as refused:
        holder.refresh()
    assert "a secret" not in str(refused.value) and refused.value.__cause__ is None
    monkeypatch.setattr(configuration, "POLL_SECONDS", 0.0)
    with capture_logs() as logs:
        holder.poll_forever(_StopsAfterOneRound())  # type: ignore[arg-type]  # only wait() is used
    (line,) = [entry for entry in logs if entry["event"] == "configuration.refresh_failed"]
    assert line["error"] == str(refused.value)
    with world.session() as session, session.begin():
        save(session, Kind.CLIENT, name, before, START)
    assert name in holder.refresh().relying_parties


class _StopsAfterOneRound:
    def __init__(self) -> None:
        self.rounds = 0

    def wait(self, _seconds: float) -> bool:
        self.rounds += 1
        return self.rounds > 1
