"""Every party of the demo as it really is, in one go; and what of it the metrics tell."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from admin.operations import party_watch
from admin.operations.party_checks import findings
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
    text = generate_latest(registry).decode()
    assert 'sluis_party_troubles{kind="IdentityProvider",name="zekerweg"} 1.0' in text
    assert 'sluis_party_troubles{kind="IdentityProvider",name="polderpoort"} 0.0' in text
    assert 'sluis_party_troubles{kind="Client",name="subsidieloket"} 1.0' in text


def test_where_no_worker_tried_of_late_nothing_is_told(world: World) -> None:
    world.process.store.take("parties:found")
    assert party_watch.troubles(world.process.store) == {}
