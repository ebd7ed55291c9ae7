"""A logout told by SOAP, without a browser (Bindings §3.2, Profiles §4.4): our signed request, and
what the party answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from cryptography import x509

from assurance.session_names import SessionName
from keys.keyring import PrivateKey
from keys.xml.guard import XmlRefused
from providers.saml.wire import soap
from providers.saml.wire.carrying import signed_inside
from providers.saml.wire.logout_answered import AnsweredLogout, answered_logout
from providers.saml.wire.logout_messages import LogoutRequestFacts, by_name, logout_request, new_id
from providers.saml.wire.logout_received import answer_in, verify
from providers.saml.wire.refused import WireRefused
from state.addresses import OutgoingRefused
from state.outbox import DeliveryFailed
from state.outgoing import OutgoingClient, OutgoingFailed

_MOST_BYTES: Final = 64 * 1024
_FOR_GOOD: Final = frozenset(range(400, 500)) - {408, 425, 429}
log = structlog.get_logger()


@dataclass(frozen=True)
class CalledParty:
    """Who is told: its entityID, its address for SOAP and the keys that prove its answer.
    ``party``: as outgoing calls know it.
    """

    entity_id: str
    location: str
    certificates: Sequence[x509.Certificate]
    party: str


def tell(
    outgoing: OutgoingClient,
    to: CalledParty,
    names: Sequence[SessionName],
    *,
    issuer: str,
    key: PrivateKey,
    now: datetime,
) -> None:
    """One request for each name. Raises DeliveryFailed: what the party could not do now is tried
    again; what it will never do is not.
    """
    for group in by_name(names):
        identifier = new_id()
        facts = LogoutRequestFacts(issuer, to.location, group, now)
        message = signed_inside(logout_request(facts, identifier), key)
        answered = _answer(outgoing, to, soap.enveloped(message), identifier, now)
        if not answered.is_closed:
            log.warning("logout.not_closed", party=to.party, status=answered.said)
            raise DeliveryFailed(
                "logout_not_closed", permanent=answered.first in ("Success", "Requester")
            )


def _answer(
    outgoing: OutgoingClient, to: CalledParty, body: bytes, identifier: str, now: datetime
) -> AnsweredLogout:
    try:
        answer = outgoing.post_xml(
            to.location, body, headers=soap.ACTION, max_bytes=_MOST_BYTES, party=to.party
        )
    except OutgoingRefused as refused:
        log.warning("logout.not_called", party=to.party, detail=str(refused))
        raise DeliveryFailed(f"outgoing_{refused.reason}", permanent=True) from None
    except OutgoingFailed as failed:
        log.warning("logout.not_called", party=to.party, detail=failed.explained)
        whose = "outgoing" if failed.setting else "portal"
        raise DeliveryFailed(f"{whose}_{failed.reason}") from None
    if answer.status != 200:
        raise DeliveryFailed(f"portal_{answer.status}", permanent=answer.status in _FOR_GOOD)
    try:
        received = answer_in(answer.body)
        verify(received, to.certificates)
        return answered_logout(
            received, issuer=to.entity_id, here=None, request_id=identifier, now=now
        )
    except (WireRefused, XmlRefused) as refused:
        log.warning("logout.answer_refused", party=to.party, reason=refused.reason)
        raise DeliveryFailed("logout_answer_refused") from None
