"""The answer to a logout that we asked: whose it is, to what, when, and what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from providers.saml.wire.logout_answered import answered_logout
from providers.saml.wire.logout_messages import (
    COMPLETE,
    PARTIAL,
    LogoutStatus,
    logout_response,
)
from providers.saml.wire.logout_received import ReceivedLogout
from providers.saml.wire.names import POST, STATUS
from providers.saml.wire.refused import WireRefused
from tests.clocks import START

HERE = "https://login.example/saml/slo"
THERE = "https://idp.example/metadata"


def received(status: LogoutStatus = COMPLETE, **changes: str) -> ReceivedLogout:
    root = logout_response(
        issuer=THERE, destination=HERE, in_response_to="_ours", status=status, now=START
    )
    for name, value in changes.items():
        root.set(name, value)
    return ReceivedLogout(root, POST)


def judged(message: ReceivedLogout, *, here: str | None = HERE, minutes: int = 0) -> bool:
    now = START + timedelta(minutes=minutes)
    return answered_logout(message, issuer=THERE, here=here, request_id="_ours", now=now).is_closed


@pytest.mark.parametrize(
    ("status", "closed"),
    [
        (COMPLETE, True),
        (PARTIAL, False),
        (LogoutStatus(f"{STATUS}Responder"), False),
        (LogoutStatus(f"{STATUS}Requester", f"{STATUS}RequestDenied"), False),
        (LogoutStatus(f"{STATUS}Requester", f"{STATUS}UnknownPrincipal"), True),
        (LogoutStatus("urn:elsewhere:Success"), False),
    ],
)
def test_what_an_answer_says(status: LogoutStatus, closed: bool) -> None:
    assert judged(received(status)) is closed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"InResponseTo": "_another"}, "unsolicited"),
        ({"Destination": "https://elders.example/slo"}, "destination"),
        ({"Version": "2.1"}, "version"),
        ({"IssueInstant": "yesterday"}, "issue_instant"),
    ],
)
def test_an_answer_to_something_else_is_none(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(WireRefused) as refused:
        judged(received(**changes))
    assert refused.value.reason == reason


def test_an_answer_of_another_party_is_none() -> None:
    message = received()
    issuer = message.root[0]
    issuer.text = "https://elders.example"
    with pytest.raises(WireRefused) as refused:
        judged(message)
    assert refused.value.reason == "issuer_mismatch"


@pytest.mark.parametrize(("minutes", "good"), [(0, True), (7, True), (9, False), (-4, False)])
def test_an_answer_is_of_now(minutes: int, good: bool) -> None:
    if good:
        assert judged(received(), minutes=minutes)
        return
    with pytest.raises(WireRefused):
        judged(received(), minutes=minutes)


def test_what_answers_a_call_needs_no_destination() -> None:
    message = received()
    del message.root.attrib["Destination"]
    assert judged(message, here=None)
    with pytest.raises(WireRefused):
        judged(message)


def test_a_status_is_told_in_words_of_the_standard() -> None:
    strange = LogoutStatus(f"{STATUS}Responder", f"{STATUS}jan@example.nl 900012345")
    found = answered_logout(
        received(strange), issuer=THERE, here=HERE, request_id="_ours", now=START
    )
    assert found.said == "Responder"
    assert etree.QName(received().root).localname == "LogoutResponse"
