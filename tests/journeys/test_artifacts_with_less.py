"""An answer that waits behind its artifact says what the portal may have when it fetches it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from lxml import etree

from assurance import session_names
from broker.saml import login_answer
from broker.saml.attributes import EMAIL, NAME, OURS
from keys.keyring import KeyState, KeyUse, PrivateKey
from keys.xml.encryption import decrypt_element
from keys.xml.guard import XmlRefused
from state import audit
from state.audit import EventTag
from tests.broker.saml.artifact_portal import (
    ARTIFACT,
    BOTH,
    ArtifactPortal,
    make_artifact_world,
)
from tests.broker.saml.in_world import document, portal_metadata
from tests.broker.saml.portals import NAMES, certificate, key_descriptor
from tests.keys_for_tests import rsa_key
from tests.world import World

REGISTERED: Mapping[str, Any] = document(saml={"metadata": portal_metadata(addresses=BOTH)})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_artifact_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Iterator[ArtifactPortal]:
    register(world)
    yield ArtifactPortal(world)
    register(world)


def register(world: World, **changes: Any) -> None:
    world.apply(yaml.safe_dump({**REGISTERED, **changes}))


def claims(*names: str) -> list[dict[str, Any]]:
    return [one for one in REGISTERED["claims"] if one["name"] in names]


def waiting(portal: ArtifactPortal, **asked: str) -> str:
    portal.walk(portal.by_redirect(portal.asked({"ProtocolBinding": ARTIFACT, **asked})))
    return portal.artifact


def fetched(portal: ArtifactPortal, artifact: str) -> etree._Element:
    found = portal.fetched(artifact)
    assert found.status == ("Success",)
    assert found.response is not None
    return found.response


def attributes(response: etree._Element) -> set[str]:
    return {str(one.get("Name")) for one in response.iterfind(".//saml:Attribute", NAMES)}


ALL = ("makelaar", "name", "email")
OF = {"makelaar": f"{OURS}idp", "name": NAME, "email": EMAIL}


def says(response: etree._Element) -> list[str]:
    return [one for one in ALL if OF[one] in attributes(response)]


def test_what_was_taken_away_since_is_left_out_and_the_rest_is_said(portal: ArtifactPortal) -> None:
    whole = fetched(portal, waiting(portal))
    assert says(whole) == ["makelaar", "name", "email"]
    artifact = waiting(portal)
    register(portal.world, claims=claims("represents", "mandate", "assurance", "name"))
    less = fetched(portal, artifact)
    assert says(less) == ["name"]
    assert less.find(".//saml:AuthenticatingAuthority", NAMES) is None
    assert attributes(whole) - attributes(less) == {OF["makelaar"], OF["email"]}
    for path in (".//saml:NameID", ".//saml:AuthnContextClassRef", ".//saml:Audience"):
        assert less.findtext(path, "", NAMES) == whole.findtext(path, "", NAMES)


def test_what_was_added_since_is_not_said(portal: ArtifactPortal) -> None:
    """The user saw a page without it. Nor where the answer is written anew for another claim."""
    register(portal.world, claims=claims("idp", "email"))
    first, second = waiting(portal), waiting(portal)
    register(portal.world)
    assert says(fetched(portal, first)) == ["makelaar", "email"]
    register(portal.world, claims=claims("name", "email"))
    assert says(fetched(portal, second)) == ["email"]


def test_the_moment_of_the_answer_and_the_name_in_it_stay(portal: ArtifactPortal) -> None:
    """A portal logs out by that name; and five minutes are counted from the login."""
    world = portal.world
    register(world, saml={**REGISTERED["saml"], "name_id": "transient"})
    artifact, made_at = waiting(portal), world.clock()
    register(world, saml={**REGISTERED["saml"], "name_id": "transient"}, claims=claims("idp"))
    world.clock.advance(seconds=60)
    less = fetched(portal, artifact)
    assertion = less.find("saml:Assertion", NAMES)
    assert assertion is not None
    assert assertion.get("IssueInstant") == made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    name, index = less.find(".//saml:NameID", NAMES), less.find(".//saml:AuthnStatement", NAMES)
    assert name is not None and index is not None
    with world.session() as session:
        (kept,) = session_names.called(
            session,
            world.process.sealer,
            session_names.of_portal("waterkaart"),
            name=name.text,
            indexes=[str(index.get("SessionIndex"))],
        )
    assert kept.name.about == dict(name.attrib)


def keys(name: str) -> str:
    """The portal signs as ever, and decrypts with the key of this name."""
    return key_descriptor(certificate("portal")) + key_descriptor(certificate(name), "encryption")


def opened(response: etree._Element, name: str) -> bool:
    """Does this key of the portal open it?"""
    (sealed,) = response.iterfind("saml:EncryptedAssertion", NAMES)
    key = PrivateKey("p", KeyUse.SAML_ENCRYPTION, "RSA", rsa_key(name), None, KeyState.ACTIVE)
    try:
        decrypt_element(sealed, [key])
    except XmlRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("then", "opens"), [("portal", "portal"), ("makelaar", "makelaar")], ids=["stays", "replaced"]
)
def test_what_waits_is_encrypted_for_the_certificate_that_the_portal_has_when_it_fetches(
    portal: ArtifactPortal, then: str, opens: str
) -> None:
    """Who stole the key that it replaced opens nothing that leaves afterwards."""
    sealed = {**REGISTERED["saml"], "encrypt_assertion": "always"}
    register(portal.world, saml=sealed)
    artifact = waiting(portal)
    moved = portal_metadata(addresses=BOTH, keys=keys(then))
    register(portal.world, saml={**sealed, "metadata": moved})
    response = fetched(portal, artifact)
    assert {one for one in ("portal", "makelaar") if opened(response, one)} == {opens}


def test_who_fetches_proves_itself_by_the_certificate_of_now_and_uses_nothing_up_before(
    portal: ArtifactPortal,
) -> None:
    """Who stole the key that the portal replaced fetches nothing; the portal itself goes on."""
    artifact = waiting(portal)
    replaced = key_descriptor(certificate("makelaar"))
    register(
        portal.world,
        saml={**REGISTERED["saml"], "metadata": portal_metadata(addresses=BOTH, keys=replaced)},
    )
    by_old = portal.asks(artifact, "portal")
    assert by_old.status == 500 and b"Assertion" not in by_old.body
    by_new = portal.asks(artifact, "makelaar")
    assert by_new.status == 200 and b"Assertion" in by_new.body


def test_a_login_goes_on_when_the_certificate_of_its_portal_is_replaced(
    portal: ArtifactPortal,
) -> None:
    """Its request was proved when it came, and says nothing that the old key could still change."""
    portal.by_redirect(portal.asked({"ProtocolBinding": ARTIFACT}))
    replaced = key_descriptor(certificate("makelaar"))
    register(
        portal.world,
        saml={**REGISTERED["saml"], "metadata": portal_metadata(addresses=BOTH, keys=replaced)},
    )
    assert portal.browser.page is not None
    portal.walk(portal.browser.page)
    assert b"Assertion" in portal.asks(portal.artifact, "makelaar").body


def test_what_waits_in_clear_is_encrypted_once_the_portal_wants_that(
    portal: ArtifactPortal,
) -> None:
    register(portal.world, saml={**REGISTERED["saml"], "encrypt_assertion": "never"})
    artifact = waiting(portal)
    register(portal.world, saml={**REGISTERED["saml"], "encrypt_assertion": "always"})
    assert opened(fetched(portal, artifact), "portal")


def test_who_cannot_be_told_in_secret_any_more_is_told_nothing(
    portal: ArtifactPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = {**REGISTERED["saml"], "encrypt_assertion": "always"}
    register(portal.world, saml=sealed)
    first, second = waiting(portal), waiting(portal)
    register(portal.world, saml=sealed, claims=claims("name"))
    (encrypted,) = fetched(portal, first).iterfind("saml:EncryptedAssertion", NAMES)
    assert len(encrypted)
    monkeypatch.setattr(login_answer, "sealing_certificate", lambda *_: None)
    assert portal.fetched(second).response is None
    with portal.world.session() as session:
        refused = audit.recent(session, tags=[EventTag.ARTIFACT_REFUSED])[0]
    assert (refused.client_id, refused.reason) == ("waterkaart", "encryption_key_missing")
