"""What the browser carries back: a code or an error, with ``state`` and ``iss``, to an address that
is still registered.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from broker.downstream import LoginRefused, RefusalCode, Reply
from broker.errors import PageError
from broker.oidc import authorization_code, jwt, userinfo
from broker.oidc.authorization_response import OidcDownstream, answer_to
from broker.oidc.errors import OF_REFUSAL
from broker.oidc.reply_to import OidcReplyTo
from broker.settings import Settings
from directory.sectors import pairwise_sub
from directory.services import OidcClient
from state.ephemeral import Put
from tests.broker.examples import (
    CALLBACK,
    GRANT,
    ISSUER,
    SERVICE,
    L,
    a_client,
    a_request,
    a_result,
    a_service,
)
from tests.broker.runtimes import make_configuration
from tests.clocks import START
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
SETTINGS = Settings.model_validate({"web": {"base_url": ISSUER}})
KNOWN = make_configuration(services=(a_service(),))
DOWNSTREAM = OidcDownstream(SETTINGS, SEALER, lambda: KNOWN)
GONE = (None, a_client(redirect_uris=("https://portal.example/new",)))


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


@pytest.mark.parametrize(
    ("uri", "state", "url"),
    [
        (CALLBACK, None, f"{CALLBACK}?code=c&iss=https%3A%2F%2Flogin.example"),
        (CALLBACK, "a b&", f"{CALLBACK}?code=c&state=a+b%26&iss=https%3A%2F%2Flogin.example"),
        (f"{CALLBACK}?a=1", "", f"{CALLBACK}?a=1&code=c&state=&iss=https%3A%2F%2Flogin.example"),
    ],
)
def test_the_answer_stands_behind_the_registered_query(
    uri: str, state: str | None, url: str
) -> None:
    to = OidcReplyTo(uri, state=state)
    assert answer_to(to, {"code": "c"}, ISSUER) == Reply(url)


@pytest.mark.parametrize("uri", [CALLBACK, f"{CALLBACK}?a=1"])
def test_asp_net_core_gets_its_answer_in_a_form(uri: str) -> None:
    """Its handler asks ``form_post`` out of the box."""
    to = OidcReplyTo(uri, state='a"&', mode="form_post")
    said = {"code": "c", "state": 'a"&', "iss": ISSUER}
    assert answer_to(to, {"code": "c"}, ISSUER) == Reply(uri, said)
    request = a_request(to)
    reply = DOWNSTREAM.prepare(a_client(redirect_uris=(uri,)), a_result(request=request), START)
    assert (reply.reply.url, reply.reply.fields["state"]) == (uri, 'a"&')
    why = LoginRefused(RefusalCode.CANCELLED, "key")
    refusal = DOWNSTREAM.refuse(a_client(redirect_uris=(uri,)), request, why, "AB12CD34")
    assert (refusal.url, refusal.fields["error"]) == (uri, "access_denied")


def test_a_result_gives_a_code_that_stands_for_it_and_a_grant_that_outlives_its_tokens() -> None:
    result = a_result(request=a_request(OidcReplyTo(CALLBACK, state="s")))
    prepared = DOWNSTREAM.prepare(a_client(access_token_seconds=600), result, START)
    said = query(prepared.reply.url)
    assert (said["state"], said["iss"]) == ("s", ISSUER)
    put, keep = prepared.operations
    assert isinstance(put, Put) and put.key == authorization_code.get(said["code"]).key
    assert put.value == authorization_code.fit(
        SEALER, said["code"], client_id="portal", redirect_uri=CALLBACK, challenge=None
    )
    assert isinstance(keep, Put) and (keep.key, keep.ttl) == (f"userinfo:{GRANT}", 60 + 600)
    kept = userinfo.opened(SEALER, keep.value)
    assert kept is not None and (kept.result, kept.issued_at) == (result, START.timestamp())
    assert kept.claims["sub"] == pairwise_sub(SEALER, a_client(), "jan")
    grant = prepared.grant
    assert grant is not None
    assert (grant.id, grant.person_id, grant.service_uuid) == (GRANT, "jan", SERVICE)
    assert grant.expires_at == START + timedelta(seconds=60 + 600)


@pytest.mark.parametrize(
    ("named", "person", "fits"), [("jan", "jan", True), ("roos", "jan", False)]
)
def test_only_the_user_that_the_portal_named_may_have_logged_in(
    named: str, person: str, fits: bool
) -> None:
    to = OidcReplyTo(CALLBACK, sub=pairwise_sub(SEALER, a_client(), named))
    result = a_result(request=a_request(to), person_id=person)
    if fits:
        assert "code" in query(DOWNSTREAM.prepare(a_client(), result, START).reply.url)
        return
    with pytest.raises(LoginRefused) as refused:
        DOWNSTREAM.prepare(a_client(), result, START)
    assert refused.value.code is RefusalCode.LOGIN_REQUIRED


def test_one_of_several_users_that_the_portal_named_may_have_logged_in() -> None:
    named = [pairwise_sub(SEALER, a_client(), person) for person in ("roos", "jan")]
    to = OidcReplyTo(CALLBACK, sub=" ".join(named))
    assert DOWNSTREAM.prepare(a_client(), a_result(request=a_request(to)), START).operations
    with pytest.raises(LoginRefused):
        DOWNSTREAM.prepare(a_client(), a_result(request=a_request(to), person_id="mo"), START)


def test_an_essential_level_that_was_not_reached_gives_no_code() -> None:
    request = a_request(OidcReplyTo(CALLBACK, acr="EH3 EH4"))
    assert DOWNSTREAM.prepare(a_client(), a_result(request=request), START).operations
    with pytest.raises(LoginRefused) as refused:
        DOWNSTREAM.prepare(a_client(), a_result(request=request, level=L.EH2_PLUS), START)
    assert refused.value.code is RefusalCode.LEVEL_UNREACHABLE


def test_a_service_that_left_during_the_login_gives_no_code() -> None:
    nothing = make_configuration()
    with pytest.raises(LoginRefused) as refused:
        OidcDownstream(SETTINGS, SEALER, lambda: nothing).prepare(a_client(), a_result(), START)
    assert refused.value.code is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize("code", RefusalCode)
def test_a_refusal_is_told_in_the_words_of_the_protocol_with_a_reference(code: RefusalCode) -> None:
    request = a_request(OidcReplyTo(CALLBACK, state="s"))
    reply = DOWNSTREAM.refuse(a_client(), request, LoginRefused(code, "key"), "AB12CD34")
    said = query(reply.url)
    assert (said["error"], said["state"], said["iss"]) == (OF_REFUSAL[code], "s", ISSUER)
    assert said["error_description"].endswith("(reference AB12-CD34)")
    assert reply.fields == {}


@pytest.mark.parametrize("client", GONE, ids=["the portal", "its address"])
def test_nothing_is_sent_to_an_address_that_left_during_the_login(
    client: OidcClient | None,
) -> None:
    why = LoginRefused(RefusalCode.CANCELLED, "key")
    for answer in (
        lambda: DOWNSTREAM.prepare(client, a_result(), START),
        lambda: DOWNSTREAM.refuse(client, a_request(), why, "AB12CD34"),
    ):
        with pytest.raises(PageError) as error:
            answer()
        told = "portal_gone" if client is None else "portal_address_gone"
        assert (error.value.status, error.value.public_key) == (410, told)


def test_only_a_portal_that_registered_an_address_for_it_is_told_of_a_logout() -> None:
    facts: dict[str, Any] = {"person_id": "jan", "session_id": "a-session", "reference": "AB12CD34"}
    facts["now"] = START
    assert DOWNSTREAM.logout_message(a_client(), **facts) is None
    client = a_client(backchannel_logout_uri="https://portal.example/logout")
    message = DOWNSTREAM.logout_message(client, **facts)
    assert message is not None
    assert (message.channel, message.recipient) == ("logout", "portal")
    sid = DOWNSTREAM.session_id(client, "a-session")
    assert json.loads(message.text) == {"sub": pairwise_sub(SEALER, client, "jan"), "sid": sid}
    assert sid == jwt.session_id(SEALER, "portal", "a-session")
