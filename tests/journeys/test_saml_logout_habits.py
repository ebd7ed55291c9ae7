"""LogoutRequests as products of both sides write them, each followed by a session that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from keys.keyring import KeyUse
from tests.broker.saml.logging_out import later
from tests.broker.saml.logout_world import BROWSER, LogoutWorld
from tests.journeys.test_saml_makelaar_logout import asked_there
from tests.keys_for_tests import rsa_key
from tests.providers.saml.maker import NAMES
from tests.providers.saml.sealing import Envelope, seal

CONSENT = "urn:oasis:names:tc:SAML:2.0:consent:unspecified"
REASON = "urn:oasis:names:tc:SAML:2.0:logout:user"
KEYCLOAK = (
    '<samlp:Extensions><k:KeyInfo xmlns:k="urn:keycloak:ext:key:1.0" MessageSigningKeyId="x"/>'
    "</samlp:Extensions>"
)


@dataclass(frozen=True)
class Asks:
    """How a product asks. ``indexes``: of which session, ours among them; ``about``: what it says
    of the name, in place of what it was given.
    """

    extensions: str = ""
    attributes: Callable[[LogoutWorld], dict[str, str]] = lambda _: {}
    indexes: Callable[[str], list[str]] = lambda index: [index]
    about: dict[str, str] | None = field(default=None)


HABITS = {
    "AD FS: consent, a reason, and until when in its own way": Asks(
        attributes=lambda here: {
            "Consent": CONSENT,
            "Reason": REASON,
            "NotOnOrAfter": later(here.world, minutes=5).replace("Z", ".1234567Z"),
        }
    ),
    "Keycloak: which of its keys signed": Asks(extensions=KEYCLOAK),
    "ruby-saml and python3-saml: every session of the name": Asks(indexes=lambda _: []),
    "Shibboleth: all the sessions that it knows": Asks(indexes=lambda one: ["_before", one]),
    "python3-saml: a name of an unspecified format": Asks(
        about={"Format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"}
    ),
    "a printer of XML: an address on a line of its own": Asks(
        attributes=lambda here: {"Destination": f"&#10;  {here.makelaar.ours}&#10; "}
    ),
}


@pytest.mark.parametrize("binding", BROWSER)
@pytest.mark.parametrize("habit", HABITS)
def test_a_makelaar_ends_sessions_in_its_own_words(
    tmp_path: Path, habit: str, binding: str
) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    browser = here.log_in(openid=False)
    how = HABITS[habit]
    name, about, index = asked_there(here)
    said = about if how.about is None else how.about
    message = here.makelaar.request(
        name, said, how.indexes(index), extensions=how.extensions, **how.attributes(here)
    )
    here.makelaar.asks(browser, message, binding)
    assert here.makelaar.heard[-1].status == ("Success",), here.makelaar.heard[-1].message
    assert here.sessions() == 0


def test_sessions_of_others_stay(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    browser = here.log_in(openid=False)
    name, about, _ = asked_there(here)
    message = here.makelaar.request(name, about, ["_before", "_another"])
    here.makelaar.asks(browser, message, "HTTP-Redirect")
    assert here.makelaar.heard[-1].status == ("Requester", "RequestDenied")
    assert here.sessions() == 1


@pytest.mark.parametrize(
    ("whose", "status", "left"),
    [("ours", ("Success",), 0), ("another", ("Requester", "RequestUnsupported"), 1)],
)
def test_shibboleth_encrypts_the_name_of_who_logged_out(
    tmp_path: Path, whose: str, status: tuple[str, ...], left: int
) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    browser = here.log_in(openid=False)
    name, about, index = asked_there(here)
    ours = here.world.runtime.configuration.keyring.active(KeyUse.SAML_ENCRYPTION, "RSA").key
    recipient = cast(rsa.RSAPrivateKey, ours) if whose == "ours" else rsa_key("another")
    name_id = etree.fromstring(f'<saml:NameID xmlns:saml="{NAMES["saml"]}">{name}</saml:NameID>')
    for attribute, value in about.items():
        name_id.set(attribute, value)
    sealed = etree.tostring(seal(name_id, Envelope(name="EncryptedID", recipient=recipient)))
    message = here.makelaar.message(
        "LogoutRequest",
        {"Destination": here.makelaar.ours},
        f"{sealed.decode()}<samlp:SessionIndex>{index}</samlp:SessionIndex>",
    )
    here.makelaar.asks(browser, message, "HTTP-Redirect")
    assert here.makelaar.heard[-1].status == status
    assert here.sessions() == left
