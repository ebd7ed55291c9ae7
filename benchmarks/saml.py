"""What reading and writing one SAML message costs, against the one RSA signature that the machine
makes meanwhile. Both are done in turns in one run, so that they meet the same caches and clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from benchmarks.floor import MESSAGE, RSA_BITS
from benchmarks.rounds import ROUNDS, Rounds
from broker.saml.assertion import AssertionFacts, assertion
from broker.saml.attributes import Attribute
from broker.saml.reply_to import SamlReplyTo
from broker.saml.response import Envelope, success
from tests.clocks import START
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import NAMES, Recipe, callback, provider_for, remembered

MESSAGES: Final = 80  # of each round
WARM_UP: Final = 40
ATTRIBUTES: Final = 10


@dataclass(frozen=True)
class SamlCost:
    """CPU of one message in RSA-2048 signatures, and the milliseconds behind that."""

    verify_ms: float
    sign_ms: float
    rsa_sign_ms: float

    @property
    def verify(self) -> float:
        """A Response read: both signatures, schema, conditions, ten attributes."""
        return round(self.verify_ms / self.rsa_sign_ms, 2)

    @property
    def sign(self) -> float:
        """A Response made with both signatures, against the two that it cannot do without."""
        return round(self.sign_ms / (2 * self.rsa_sign_ms), 2)


def measured(rounds: int = ROUNDS, messages: int = MESSAGES) -> tuple[SamlCost, ...]:
    """Verify, sign and bare signature by turns, in rounds."""
    works = (_verification(), _signing(), _rsa())
    for _ in range(WARM_UP):
        for work in works:
            work()
    return tuple(_round(works, messages) for _ in range(rounds))


def _round(works: Sequence[Callable[[], object]], messages: int) -> SamlCost:
    spent = [0.0] * len(works)
    for _ in range(messages):
        for place, work in enumerate(works):
            started = time.thread_time()
            work()
            spent[place] += time.thread_time() - started
    verify, sign, bare = (seconds * 1000 / messages for seconds in spent)
    return SamlCost(verify, sign, bare)


def fields(rounds: Sequence[SamlCost]) -> dict[str, float]:
    """As they stand in the result of ``make bench``."""
    return {
        "saml_verify_ms": Rounds(tuple(one.verify_ms for one in rounds)).median,
        **Rounds(tuple(one.verify for one in rounds)).fields("saml_verify_vs_rsa_sign"),
        "saml_sign_ms": Rounds(tuple(one.sign_ms for one in rounds)).median,
        **Rounds(tuple(one.sign for one in rounds)).fields("saml_sign_vs_rsa_sign"),
    }


def _verification() -> Callable[[], object]:
    """What the product does with a form post of a makelaar."""
    arrived = callback(Recipe(before=(_attributes,)).raw())
    provider, asked = provider_for(), remembered()
    return lambda: provider.finish(asked, arrived)


def _attributes(response: etree._Element) -> None:
    statement = response.find(".//saml:AttributeStatement", NAMES)
    assert statement is not None
    for number in range(ATTRIBUTES - len(statement)):
        one = etree.SubElement(
            statement, f"{{{NAMES['saml']}}}Attribute", Name=f"urn:example:attribute:{number}"
        )
        etree.SubElement(one, f"{{{NAMES['saml']}}}AttributeValue").text = f"value {number}"


def _signing() -> Callable[[], object]:
    """What the product does for a portal, from facts to the fields of the form."""
    envelope = Envelope(
        "https://login.example/saml/idp/metadata",
        SamlReplyTo("https://portal.example/acs", "_asked", "relay"),
        make_keyring(),
        START,
    )
    facts = AssertionFacts(
        issuer=envelope.issuer,
        audience="https://portal.example/saml",
        acs_url=envelope.to.acs_url,
        request_id="_asked",
        name_id="persistent",
        subject="a" * 64,
        context="http://eidas.europa.eu/LoA/substantial",
        authority="https://makelaar.example/metadata",
        session_index="_session",
        authenticated_at=START,
        session_until=START + timedelta(hours=8),
        attributes=tuple(
            Attribute(f"urn:example:attribute:{number}", (f"value {number}",))
            for number in range(ATTRIBUTES)
        ),
        now=START,
    )
    return lambda: success(envelope, assertion(facts), None)


def _rsa() -> Callable[[], object]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    document, scheme, digest = os.urandom(MESSAGE), padding.PKCS1v15(), hashes.SHA256()
    return lambda: key.sign(document, scheme, digest)
