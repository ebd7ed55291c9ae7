"""Every party of the demo as it really is, in one go; and what of it the metrics tell."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import text

from admin.installation import Installation
from admin.operations import party_watch
from admin.operations.party_checks import examine_parties, findings
from admin.operations.readings import Readings
from admin.parties import examination
from admin.parties.examination import Means, TriedParty
from state import registrations
from state.addresses import checked_loopback
from state.db import writing
from state.registrations import Kind
from tests.world import ADDRESSES, InProcessOutgoing, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def calls(world: World) -> InProcessOutgoing:
    """Calls over the wire of this world, by the rules of its settings."""
    made = InProcessOutgoing(world.wire)
    made._loopback = checked_loopback(frozenset(world.process.settings.development.loopback))
    return made


def found(world: World) -> dict[str, TriedParty]:
    keyring = world.process.holder.refresh().keyring
    means = Means(world.process.settings, lambda: calls(world), keyring, world.clock())
    with world.session() as session:
        return {one.name: one for one in examination.registered(session, means)}


def test_every_party_of_the_demo_fits_and_one_that_is_paused_is_not_tried(world: World) -> None:
    seen = found(world)
    assert {name for name, one in seen.items() if one.troubles} == set()
    assert seen["stilwater"].note and not seen["zekerweg"].note
    assert {one.kind for one in seen.values()} == {"Client", "IdentityProvider"}
    lines = list(findings(seen.values()))
    assert len(lines) == len(seen) and not any(line.remedy for line in lines)


def test_one_that_is_down_or_was_registered_wrong_is_named_and_the_others_are_well(
    world: World,
) -> None:
    with world.session() as session, writing(session):
        row = session.get_one(registrations.Registration, (Kind.CLIENT, "subsidieloket"))
        kept = dict(row.document)
        row.document = {**kept, "home_url": "javascript:alert(1)"}
    world.wire.down.add(ADDRESSES.makelaars.partition("//")[2])
    try:
        seen = found(world)
        party_watch.look(world.process, lambda: calls(world))
    finally:
        world.wire.down.clear()
        with world.session() as session, writing(session):
            row = session.get_one(registrations.Registration, (Kind.CLIENT, "subsidieloket"))
            row.document = kept
    fields = {name: [t.field for t in one.troubles] for name, one in seen.items() if one.troubles}
    assert fields == {
        "subsidieloket": ["home_url"],
        "zekerweg": ["oidc.issuer"],
        "sleutelhof": ["oidc.issuer"],
    }
    registry = CollectorRegistry()
    registry.register(Readings(world.process))
    scraped = generate_latest(registry).decode()
    assert 'sluis_party_troubles{kind="IdentityProvider",name="zekerweg"} 1.0' in scraped
    assert 'sluis_party_troubles{kind="IdentityProvider",name="polderpoort"} 0.0' in scraped
    assert 'sluis_party_troubles{kind="Client",name="subsidieloket"} 1.0' in scraped


def test_where_no_worker_tried_of_late_nothing_is_told(world: World) -> None:
    world.process.store.take("parties:found")
    assert party_watch.troubles(world.process.store) == {}


@pytest.mark.parametrize(
    ("changes", "seen", "remedy"),
    [
        ({"newer": 1}, "does not know newer", "run the version that wrote it"),
        (
            {"level_ceiling": "EH9"},
            "does not take what stands in level_ceiling",
            "register it anew",
        ),
    ],
)
def test_one_whose_document_is_not_read_is_named_with_what_and_the_others_are_tried(
    world: World, changes: dict[str, object], seen: str, remedy: str
) -> None:
    before = found(world)
    with world.session() as session:
        with writing(session):
            row = session.get_one(registrations.Registration, (Kind.IDENTITY_PROVIDER, "zekerweg"))
            kept = dict(row.document)
            row.document = {**kept, **changes}
        means = Means(world.process.settings, lambda: calls(world), None, world.clock())
        now = examination.registered(session, means)
        with writing(session):
            row.document = kept
    assert [(one.kind, one.name) for one in now] == [
        (one.kind, one.name) for one in before.values()
    ]
    told = {one.name: one.troubles for one in now if one.troubles}
    assert set(told) == {"zekerweg"}
    (line,) = findings(one for one in now if one.name == "zekerweg")
    assert line.check == "IdentityProvider zekerweg"
    assert seen in line.seen and remedy in line.remedy


def test_a_kind_of_a_newer_version_is_named(world: World) -> None:
    process = world.process
    installation = Installation(process.settings, process.engine, world.clock())
    row = {"kind": "Theme", "name": "x", "document": "{}", "changed_at": "2026-01-01 00:00:00"}
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with world.session() as session, writing(session):
        session.execute(text(f"insert into registration ({columns}) values ({values})"), row)
    try:
        (line,) = examine_parties(installation)
    finally:
        with world.session() as session, writing(session):
            session.execute(text("delete from registration where kind = 'Theme'"))
    assert line.check == "parties" and "of kind Theme" in line.seen
    assert line.remedy == "run the version of Sluis that wrote it"
