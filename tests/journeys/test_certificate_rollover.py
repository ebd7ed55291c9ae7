"""The yearly change of our certificates, on two instances: the next one is announced, read by those
who read, used from its day on, and the old one is withdrawn, while people go on logging in.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from lxml import etree
from signxml.exceptions import InvalidSignature
from sqlalchemy import delete, update

from admin.operations.jobs import rotate_keys
from keys.certificates import to_pem
from keys.keyring import KeyState, KeyUse
from keys.rotation import introduce
from keys.signing_key import SigningKey
from sandbox.browser import Page
from sandbox.makelaar.app import create_app as create_makelaars
from sandbox.makelaar.metadata import read_service_provider
from sandbox.portal.clients import IDEEEN
from state.db import writing
from tests.broker.processes import another_process
from tests.broker.saml.in_world import ENTITY, HOST, SamlPortal, make_saml_world, numbered
from tests.broker.saml.portals import NAMES, verified
from tests.journeys.test_keys import see_keys
from tests.world import ADDRESSES, World

# Who signs its answers, and who encrypts them as well.
MAKELAARS: Final = (("Polderpoort", "jan"), ("Brugwacht", "roos"))
BACK: Final = "Terug bij Waterkaart"
ROLLED: Final = (KeyUse.SAML_SIGNING, KeyUse.SAML_ENCRYPTION, KeyUse.SAML_IDP_SIGNING)
SOON: Final = timedelta(seconds=45)  # after one look at the keys, before the next
Certificates = tuple[x509.Certificate, ...]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_saml_world(tmp_path)


def read(world: World, path: str) -> bytes:
    answer = world.wire.request("GET", f"{ADDRESSES.broker}{path}")
    assert answer.status == 200
    return answer.body


def portal_reads(world: World) -> Certificates:
    """With which certificates the portal verifies from now on: those at its own address."""
    root = etree.fromstring(read(world, "/saml/idp/metadata/waterkaart"))
    return tuple(
        x509.load_der_x509_certificate(base64.b64decode(str(one.text)))
        for one in root.iterfind(".//ds:X509Certificate", NAMES)
    )


def makelaars_read(world: World) -> None:
    """The makelaars read our metadata anew at their next login, and keep them for a minute."""
    place = urlsplit(ADDRESSES.makelaars).netloc
    world.wire.applications[place] = create_makelaars(world.demo, world.wire)


def log_in(world: World, makelaar: str, person: str) -> Page:
    portal = SamlPortal.__new__(SamlPortal)  # the clock stays as it is
    portal.world, portal.browser, portal.entity_id = world, world.browser(), ENTITY
    asked = portal.asked(attributes=numbered(IDEEEN))
    return portal.walk(portal.by_redirect(asked), person, makelaar)


def signer(world: World, known: Certificates) -> x509.Certificate:
    """Which of these signed the last answer at the portal. Raises InvalidSignature."""
    _, fields = world.wire.applications[HOST].extensions["arrived"][-1]
    raw = base64.b64decode(fields["SAMLResponse"])
    for certificate in known:
        try:
            verified(raw, to_pem(certificate))
        except InvalidSignature:
            continue
        return certificate
    raise InvalidSignature("none of them")


def everybody_logs_in(world: World, known: Certificates) -> set[x509.Certificate]:
    """At both makelaars, on both instances; the certificates that signed for the portal."""
    signed = set()
    for instance in (nullcontext(), another_process(world)):
        with instance:
            for makelaar, person in MAKELAARS:
                page = log_in(world, makelaar, person)
                assert page.heading == BACK, (makelaar, page.text)
                signed.add(signer(world, known))
    return signed


def announce(world: World) -> None:
    for use in ROLLED:
        with world.session() as session, writing(session):
            now, sealer = world.clock(), world.process.sealer
            introduce(session, sealer, use, "RSA", now, activates_at=now + SOON)
    see_keys(world)


def the_day_comes(world: World) -> None:
    """No worker runs: each instance finds it by its own clock."""
    world.clock.advance(SOON.total_seconds() + 1)
    see_keys(world)


def withdraw(world: World) -> None:
    """The worker writes down what came to pass, and months later that the old ones go."""
    rotate_keys(world.process)
    with world.session() as session, writing(session):
        long_ago = world.clock() - timedelta(days=61)
        old = SigningKey.state == KeyState.RETIRING
        session.execute(update(SigningKey).where(old).values(state_since=long_ago))
    rotate_keys(world.process)
    see_keys(world)


def states(world: World) -> set[KeyState]:
    with world.session() as session:
        rows = session.query(SigningKey).filter(SigningKey.use.in_(ROLLED)).all()
    return {row.state for row in rows}


@pytest.mark.timeout(300)
def test_K_02_X_11_a_year_passes_and_nobody_notices(world: World) -> None:
    first = portal_reads(world)
    assert everybody_logs_in(world, first) == set(first) and len(first) == 1

    announce(world)
    known = portal_reads(world)
    makelaars_read(world)
    assert known[0] == first[0] and len(known) == 2
    assert everybody_logs_in(world, known) == {known[0]}

    the_day_comes(world)
    assert everybody_logs_in(world, known) == {known[1]}  # Brugwacht encrypts to the old one still
    assert states(world) == {KeyState.ACTIVE, KeyState.NEXT}, "nothing was written down yet"

    makelaars_read(world)
    withdraw(world)
    assert states(world) == {KeyState.ACTIVE, KeyState.RETIRED}
    assert everybody_logs_in(world, portal_reads(world)) == {known[1]}
    assert portal_reads(world) == (known[1],)


@contextmanager
def gone_by(world: World, *, read_in_time: bool) -> Iterator[Certificates]:
    """A change of certificates, of which the makelaars read the announcement or not."""
    before = portal_reads(world)
    for makelaar, person in MAKELAARS:
        assert log_in(world, makelaar, person).heading == BACK
    announce(world)
    if read_in_time:
        makelaars_read(world)
        assert log_in(world, *MAKELAARS[1]).heading == BACK
    the_day_comes(world)
    yield before


def test_who_did_not_read_the_next_certificate_refuses_what_it_signs(world: World) -> None:
    """The portal cannot verify the answer; the makelaar refuses the request on its own page."""
    with gone_by(world, read_in_time=False) as before:
        page = log_in(world, *MAKELAARS[0])
        assert page.url.startswith(ADDRESSES.makelaars)
        assert "de handtekening van het verzoek klopt niet" in page.text
        makelaars_read(world)
        assert log_in(world, *MAKELAARS[0]).heading == BACK
        with pytest.raises(InvalidSignature):
            signer(world, before)
        assert signer(world, portal_reads(world)) not in before


def test_S_36_what_is_encrypted_to_a_withdrawn_certificate_is_refused(world: World) -> None:
    """Until the makelaar reads our metadata again; in the months before both are opened."""
    with gone_by(world, read_in_time=True):
        assert log_in(world, *MAKELAARS[1]).heading == BACK  # to the one of before
        withdraw(world)
        page = log_in(world, *MAKELAARS[1])
        assert (page.status, page.heading) == (400, "Inloggen is niet gelukt")
        assert log_in(world, *MAKELAARS[0]).heading == BACK  # who does not encrypt
        makelaars_read(world)
        assert log_in(world, *MAKELAARS[1]).heading == BACK


@pytest.mark.parametrize(
    ("shown", "announced"), [("current", [0]), ("next", [1]), ("both", [0, 1])]
)
def test_a_makelaar_sees_the_keys_for_encryption_that_its_record_says(
    world: World, shown: str, announced: list[int]
) -> None:
    registered(world, encryption_key_shown=shown)
    (old,) = read_service_provider(read(world, "/saml/metadata/polderpoort")).encryption
    announce(world)
    ring = world.runtime.configuration.keyring.published(KeyUse.SAML_ENCRYPTION)
    every = [key.certificate for key in ring]
    assert every[0] == old
    found = read_service_provider(read(world, "/saml/metadata/polderpoort")).encryption
    assert list(found) == [every[number] for number in announced]
    everybody = read_service_provider(read(world, "/saml/metadata")).encryption
    assert list(everybody) == [old]
    the_day_comes(world)
    after = read_service_provider(read(world, "/saml/metadata/polderpoort")).encryption
    assert list(after) == [every[1]]


def registered(world: World, **saml: object) -> None:
    """Polderpoort, with these settings."""
    import yaml

    text = (world.demo.registrations / "30-makelaars.yaml").read_text(encoding="utf-8")
    document = next(d for d in yaml.safe_load_all(text) if d["id"] == "polderpoort")
    world.apply(yaml.safe_dump({**document, "saml": {**document["saml"], **saml}}))


def test_a_use_that_a_new_version_has_gets_its_key_from_the_job(world: World) -> None:
    """An installation of before has no key for its answers to portals."""
    with world.session() as session, writing(session):
        session.execute(delete(SigningKey).where(SigningKey.use == KeyUse.SAML_IDP_SIGNING))
    see_keys(world)
    assert portal_reads(world) == ()
    rotate_keys(world.process)
    see_keys(world)
    known = portal_reads(world)
    assert log_in(world, *MAKELAARS[0]).heading == BACK
    assert (signer(world, known),) == known
