"""How a portal is told that a session ended, and which answers are worth another try."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from structlog.testing import capture_logs

from broker.oidc.backchannel_logout import LogoutAdapter, logout_message
from directory.services import OidcClient
from keys.jwks import public_jwks
from keys.keyring import KeyUse
from state.addresses import OutgoingRefused
from state.outbox import DeliveryFailed
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.broker.examples import ISSUER, a_client
from tests.called import Called, said
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_keyring, make_sealer

URI = "https://portal.example/logout"
CLIENT = a_client(backchannel_logout_uri=URI)
MESSAGE = logout_message(
    make_sealer(), CLIENT, person_id="jan", session_id="a-session", reference=None
)


def send(answer: HttpAnswer | Exception, client: OidcClient | None = CLIENT) -> Called:
    called = Called(answer)
    clients = {client.client_id: client} if client is not None else {}
    LogoutAdapter(
        clients=lambda: clients,
        keyring=make_keyring,
        issuer=ISSUER,
        outgoing=called,
        clock=FakeClock(),
    ).send("message-1", MESSAGE)
    return called


def test_what_waits_in_the_outbox_names_neither_person_nor_session() -> None:
    assert '"jan"' not in MESSAGE.text and "a-session" not in MESSAGE.text


@pytest.mark.parametrize("status", [200, 204])
def test_the_token_is_of_the_moment_of_delivery_and_named_after_the_message(status: int) -> None:
    called = send(said(status=status))
    assert called.calls == [URI]
    keys = KeySet.import_key_set(dict(public_jwks(make_keyring(), KeyUse.OIDC_SIGNING)))
    claims = jwt.decode(called.form["logout_token"], keys, algorithms=["RS256"]).claims
    assert (claims["jti"], claims["iat"]) == ("message-1", int(START.timestamp()))
    assert f'"sub": "{claims["sub"]}", "sid": "{claims["sid"]}"' in MESSAGE.text


@pytest.mark.parametrize(
    ("answer", "reason", "permanent"),
    [
        (said(status=400), "portal_400", True),
        (said(status=404), "portal_404", True),
        (said(status=408), "portal_408", False),
        (said(status=425), "portal_425", False),
        (said(status=429), "portal_429", False),
        (said(status=302), "portal_302", False),
        (said(status=500), "portal_500", False),
        (said(status=503), "portal_503", False),
        (OutgoingFailed("unreachable"), "portal_unreachable", False),
        (OutgoingRefused("address"), "outgoing_address", True),
        (OutgoingFailed("proxy_login"), "outgoing_proxy_login", False),
        (OutgoingFailed("tls_untrusted"), "outgoing_tls_untrusted", False),
    ],
)
def test_what_may_pass_is_tried_again_and_what_cannot_is_not(
    answer: HttpAnswer | Exception, reason: str, permanent: bool
) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        send(answer)
    assert (failed.value.reason, failed.value.permanent) == (reason, permanent)


@pytest.mark.parametrize("client", [None, a_client()], ids=["the portal", "its address"])
def test_a_portal_that_left_is_not_told(client: OidcClient | None) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        send(said(), client)
    assert (failed.value.reason, failed.value.permanent) == ("portal_gone", True)


def test_an_address_that_our_rules_forbid_is_told_with_the_rule_and_the_setting() -> None:
    refused = OutgoingRefused("address", "10.1.2.3 of portal.intern", '"portal.intern"')
    with capture_logs() as logs, pytest.raises(DeliveryFailed):
        send(refused)
    (line,) = logs
    assert (line["event"], line["client"]) == ("logout.not_called", CLIENT.client_id)
    assert 'add "portal.intern" to outgoing.allow' in line["detail"]
