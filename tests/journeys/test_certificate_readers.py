"""An operator sees who read the next certificate: each makelaar and portal has its own address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from admin.app import create_app
from admin.keys import certificates
from admin.keys.certificates import PartyReads
from admin.operators.roles import OperatorRole
from admin.registrations.saml_parties import saml_parties
from broker import settings as configuration
from broker.start import start
from keys.certificates import VALID_FOR
from keys.keyring import KeyUse
from keys.rotation import introduce
from keys.saml_keys import OwnRole
from sandbox.wire import Answer
from state.clock import utc_now
from state.db import writing
from state.ephemeral import StoreUnavailable
from tests.broker.saml.in_world import make_saml_world
from tests.installed import copy_initialised, copy_prepared
from tests.journeys.test_keys import see_keys
from tests.operators import HERE, at_console, make_operator
from tests.providers.saml.habits.documents import entity_of
from tests.world import ADDRESSES, World

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
PROGRAM = {"User-Agent": "Shibboleth/3.4 metadata"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_saml_world(tmp_path)


def get(
    world: World, path: str, headers: Mapping[str, str] = PROGRAM, method: str = "GET"
) -> Answer:
    return world.wire.request(method, f"{ADDRESSES.broker}{path}", headers=headers)


def announce(world: World) -> None:
    for use in (KeyUse.SAML_SIGNING, KeyUse.SAML_IDP_SIGNING):
        with world.session() as session, writing(session):
            introduce(session, world.process.sealer, use, "RSA", world.clock())
    see_keys(world)


def of(world: World, party: str) -> PartyReads:
    with world.session() as session:
        found = certificates.reads(session, saml_parties(session))
    return next(one for one in found if one.party == party)


def test_it_is_known_who_read_the_next_certificate_and_when(world: World) -> None:
    assert get(world, "/saml/metadata/polderpoort").status == 200
    assert of(world, "polderpoort").current_at == world.clock()
    assert of(world, "polderpoort").next_at is None
    announce(world)
    at = world.clock()
    assert get(world, "/saml/metadata/polderpoort").status == 200
    assert get(world, "/saml/idp/metadata/waterkaart", BROWSER).status == 200
    known = of(world, "polderpoort")
    assert (known.role, known.next_at, known.by_browser) == (OwnRole.SP, at, False)
    known = of(world, "waterkaart")
    assert (known.role, known.next_at, known.by_browser) == (OwnRole.IDP, at, True)
    assert of(world, "stil").next_at is None
    get(world, "/saml/idp/metadata/waterkaart")
    assert not of(world, "waterkaart").by_browser


def test_a_read_is_written_down_once_an_hour(world: World) -> None:
    get(world, "/saml/metadata/polderpoort")
    first = world.clock()
    world.clock.advance(60)
    get(world, "/saml/metadata/polderpoort")
    assert of(world, "polderpoort").current_at == first
    world.clock.advance(timedelta(hours=1).total_seconds())
    get(world, "/saml/metadata/polderpoort")
    assert of(world, "polderpoort").current_at == world.clock()


def test_asking_whether_it_is_there_reads_nothing(world: World) -> None:
    assert get(world, "/saml/metadata/polderpoort", method="HEAD").status == 200
    assert of(world, "polderpoort").current_at is None


def test_the_address_of_everybody_tells_of_nobody(world: World) -> None:
    for path in ("/saml/metadata", "/saml/idp/metadata"):
        assert get(world, path).status == 200
    with world.session() as session:
        found = certificates.reads(session, saml_parties(session))
    assert found and not any(one.current_at for one in found)


@pytest.mark.parametrize(
    "path",
    [
        "/saml/metadata/niemand",
        "/saml/metadata/zekerweg",  # speaks OpenID Connect
        "/saml/idp/metadata/niemand",
        "/saml/idp/metadata/bronhouderportaal",
    ],
)
def test_who_does_not_speak_saml_here_has_no_address(world: World, path: str) -> None:
    assert get(world, path).status == 404


def test_metadata_are_served_whatever_becomes_of_the_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> bool:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(type(world.runtime.store), "add_once", gone)
    answer = get(world, "/saml/metadata/polderpoort")
    assert answer.status == 200 and b"EntityDescriptor" in answer.body
    assert of(world, "polderpoort").current_at is None


def test_own_addresses_say_the_same_of_who_we_are(world: World) -> None:
    for everybody, own in (
        ("/saml/metadata", "/saml/metadata/polderpoort"),
        ("/saml/idp/metadata", "/saml/idp/metadata/waterkaart"),
    ):
        ids = [etree.fromstring(get(world, path).body).get("entityID") for path in (everybody, own)]
        assert ids == [f"{ADDRESSES.broker}{everybody}"] * 2


def test_metadata_are_there_before_any_makelaar_or_portal(tmp_path: Path) -> None:
    demo = copy_prepared(tmp_path / "demo", ADDRESSES)
    copy_initialised(demo)
    process = start(configuration.load(demo.config, {}), utc_now)
    client = create_app(process).test_client()
    for path, role in (("/saml/metadata", b"SPSSO"), ("/saml/idp/metadata", b"IDPSSO")):
        answer = client.get(path, base_url=ADDRESSES.broker)
        assert answer.status_code == 200 and role in answer.data
    assert not process.holder.current.providers


def test_an_operator_sees_it(world: World) -> None:
    announce(world)
    get(world, "/saml/metadata/polderpoort")
    robin = make_operator(world, "robin", OperatorRole.KEY_OFFICER)
    page = at_console(world, robin.person_id).open(f"{HERE}/certificaten")
    assert (page.status, page.heading) == (200, "Certificaten")
    rows = {" ".join(row.text_content().split()) for row in page.tree.iter("tr")}
    (polderpoort,) = (row for row in rows if "/saml/metadata/polderpoort" in row)
    (waterkaart,) = (row for row in rows if "/saml/idp/metadata/waterkaart" in row)
    assert "Niet gelezen" not in polderpoort and "Niet gelezen" in waterkaart
    assert any("Volgende" in row for row in rows)
    assert "loopt bijna af" not in page.text


def test_an_operator_sees_what_ends(world: World) -> None:
    robin = make_operator(world, "robin", OperatorRole.VIEWER)
    world.clock.advance((VALID_FOR - timedelta(days=6)).total_seconds())
    world.process.holder.refresh()
    page = at_console(world, robin.person_id).open(f"{HERE}/certificaten")
    assert "Een certificaat loopt bijna af" in page.text
    assert "Er is nog geen volgend certificaat." in page.text


ORDINARY = """\
kind: IdentityProvider
id: gewoon
name: Gewoon
level_ceiling: EH2
levels: {"urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified": EH2}
saml: {preset: keycloak, entity_id: "https://gewoon.example", metadata_file: gewoon.xml}
"""


def test_an_ordinary_makelaar_gets_metadata_that_keycloak_can_import(world: World) -> None:
    """It keeps neither two consumers at one address nor two attributes of one name."""
    folder = world.demo.registrations
    (folder / "gewoon.xml").write_text(entity_of("https://gewoon.example"))
    world.apply(ORDINARY)
    saml = "{urn:oasis:names:tc:SAML:2.0:metadata}"
    shown = {}
    for makelaar in ("gewoon", "polderpoort"):
        root = etree.fromstring(get(world, f"/saml/metadata/{makelaar}").body)
        consumers = list(root.iter(f"{saml}AssertionConsumerService"))
        assert consumers[0].get("isDefault") == "true"
        shown[makelaar] = (len(consumers), root.find(f".//{saml}RequestedAttribute") is not None)
    assert shown == {"gewoon": (1, False), "polderpoort": (2, True)}
