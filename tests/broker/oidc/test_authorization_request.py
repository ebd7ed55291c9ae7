"""An authorization request in the journey's own words; which ones are refused, the attacks tell
(``tests/attacks/oidc_downstream``).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from broker.downstream import DownstreamName, LoginRequest
from broker.oidc.authorization_request import HintRetired, parse, response_target
from broker.oidc.errors import AuthorizationError, UnknownTarget
from broker.oidc.parameters import Parameters
from broker.oidc.reply_to import OidcReplyTo
from directory.services import OidcClient
from tests.broker.examples import CALLBACK, OTHER_SERVICE, SERVICE, L, a_client, a_service

CHALLENGE = "c" * 43
GOOD = {
    "client_id": "portal",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": f"openid urn:uuid:{SERVICE}",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SERVICES = {
    SERVICE: a_service(),
    OTHER_SERVICE: a_service(uuid=OTHER_SERVICE, level="EH2"),
}
DETAILS = {
    "type": "urn:sluis:document",
    "title": "Vergunning",
    "summary": "Kort",
    "document": {
        "url": "https://portal.example/v.pdf",
        "digest": f"sha-256:{'a' * 64}",
        "media_type": "application/pdf",
        "size": 12,
    },
}


def asked(client: OidcClient | None = None, **changes: str | None) -> LoginRequest:
    """What the good request with these changes becomes; None takes a parameter away."""
    client = client or a_client()
    pairs = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    parameters = Parameters(pairs.items())
    to = response_target(parameters, {client.client_id: client})
    return parse(parameters, to, SERVICES, lambda hint, _: hint.removeprefix("of ") or None)


def refused(client: OidcClient | None = None, **changes: str | None) -> str:
    with pytest.raises(AuthorizationError) as error:
        asked(client, **changes)
    return error.value.error


def test_a_plain_request_asks_what_the_service_needs_and_no_more() -> None:
    assert asked() == LoginRequest(
        downstream=DownstreamName.OIDC,
        client_id="portal",
        service_uuid=SERVICE,
        level=L.EH3,
        reply_to=OidcReplyTo(
            CALLBACK, "s", "n", CHALLENGE, scope=f"openid urn:uuid:{SERVICE}"
        ).stored(),
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"prompt": "none"}, {"passive": True}),
        ({"prompt": "login consent"}, {"force_authn": True, "ask_consent": True}),
        ({"prompt": "select_account"}, {"choose_again": True}),
        ({"max_age": "600"}, {"max_age": 600, "force_authn": False}),
        ({"max_age": "0"}, {"max_age": 0, "force_authn": True}),
        ({"ui_locales": "fr EN-gb nl"}, {"locale": "en"}),
        ({"ui_locales": "fr de"}, {"locale": None}),
        ({"ui_locales": "nl_NL"}, {"locale": "nl"}),  # Java's own name of a language
        ({"idp_hint": "zekerweg", "login_hint": "x"}, {"provider_hint": "zekerweg"}),
        ({"nonce": ""}, {"passive": False}),
    ],
)
def test_each_wish_is_a_fact_of_the_login(changes: dict[str, str], fields: dict[str, Any]) -> None:
    found = asked(**changes)
    assert {name: getattr(found, name) for name in fields} == fields


def test_asp_net_core_asks_its_answer_in_a_form() -> None:
    """Its handler asks so out of the box; an app gets none, since no browser posts to it."""
    assert asked(response_mode="query") == asked()
    assert OidcReplyTo.of(asked(response_mode="form_post")).mode == "form_post"
    scheme = "nl.example.app:/callback"
    app = a_client(redirect_uris=(scheme,), application_type="native")
    assert OidcReplyTo.of(asked(app, redirect_uri=scheme)).mode is None
    with pytest.raises(AuthorizationError, match="reaches no app"):
        asked(app, redirect_uri=scheme, response_mode="form_post")
    for mode in ("fragment", "form_post.jwt", "FORM_POST"):
        with pytest.raises(AuthorizationError, match="query and form_post"):
            asked(response_mode=mode)


def essential(*values: str, is_essential: bool = True) -> str:
    return json.dumps({"id_token": {"acr": {"essential": is_essential, "values": values}}})


@pytest.mark.parametrize(
    ("service", "changes", "level", "minimum"),
    [
        (SERVICE, {}, L.EH3, None),
        (SERVICE, {"acr_values": L.EH2.eidas}, L.EH3, L.EH2),  # the service asks more
        (OTHER_SERVICE, {"acr_values": L.EH3.eidas}, L.EH3, L.EH3),  # the portal asks more
        (OTHER_SERVICE, {"acr_values": f"{L.EH4.loa} {L.EH2_PLUS.loa}"}, L.EH2_PLUS, L.EH2_PLUS),
        (OTHER_SERVICE, {"acr_values": "gold"}, L.EH2, None),
        (OTHER_SERVICE, {"claims": essential(str(L.EH3.loa))}, L.EH3, L.EH3),
        (OTHER_SERVICE, {"claims": '{"id_token":{"acr":{"value":"EH4"}}}'}, L.EH4, L.EH4),
        (OTHER_SERVICE, {"claims": essential("gold", is_essential=False)}, L.EH2, None),
        (OTHER_SERVICE, {"claims": '{"userinfo":{}}'}, L.EH2, None),
        (OTHER_SERVICE, {"claims": '{"id_token":{"acr":null}}'}, L.EH2, None),
        (
            OTHER_SERVICE,
            {"acr_values": L.EH4.loa, "claims": essential(str(L.EH3.loa))},
            L.EH4,
            L.EH4,
        ),
    ],
)
def test_the_level_is_the_highest_of_what_service_and_portal_ask(
    service: str, changes: dict[str, Any], level: L, minimum: L | None
) -> None:
    client = a_client(services=(SERVICE, OTHER_SERVICE))
    found = asked(client, scope=f"openid urn:uuid:{service}", **changes)
    assert (found.level, found.minimum) == (level, minimum)


def test_an_essential_level_that_is_not_known_here_cannot_be_met() -> None:
    assert refused(claims=essential("gold")) == "unmet_authentication_requirements"


@pytest.mark.parametrize(
    ("claims", "values"),
    [
        (None, None),
        (essential("EH3", is_essential=False), None),
        (essential(L.EH3.loa, "gold", L.EH2.loa), f"{L.EH3.loa} {L.EH2.loa}"),
        (json.dumps({"userinfo": {"acr": {"essential": True, "value": "EH3"}}}), "EH3"),
        ('{"id_token":{"acr":{"essential":true}}}', None),
    ],
)
def test_essential_values_are_kept_for_the_answer(claims: str | None, values: str | None) -> None:
    assert OidcReplyTo.of(asked(claims=claims)).acr == values


def subject(*values: str, place: str = "id_token") -> str:
    return json.dumps({place: {"sub": {"values": values}}})


@pytest.mark.parametrize(
    ("changes", "users"),
    [
        ({}, None),
        ({"claims": '{"id_token":{"sub":null}}'}, None),
        ({"claims": '{"id_token":{"sub":{"essential":true}}}'}, None),
        ({"claims": '{"id_token":{"sub":{"value":"jan"}}}'}, "jan"),
        ({"claims": subject("jan", "mo")}, "jan mo"),
        ({"claims": subject("jan", place="userinfo")}, "jan"),
        ({"claims": subject("jan", "mo"), "id_token_hint": "of mo"}, "mo"),
        ({"id_token_hint": "of mo"}, "mo"),
    ],
)
def test_claims_name_the_user_who_must_log_in(changes: dict[str, str], users: str | None) -> None:
    assert OidcReplyTo.of(asked(**changes)).sub == users


@pytest.mark.parametrize(
    "changes",
    [
        {"claims": subject("jan"), "id_token_hint": "of mo"},
        {"claims": json.dumps({p: {"sub": {"value": p}} for p in ("id_token", "userinfo")})},
        {"claims": subject("")},
        {"claims": subject("jan mo")},  # is no user, and certainly not two
    ],
)
def test_nobody_is_two_users(changes: dict[str, str]) -> None:
    assert refused(**changes) == "login_required"


PERSONAL = a_client(
    claims=[{"name": n, "purpose": {"nl": "x", "en": "x"}} for n in ("represents", "name", "email")]
)


@pytest.mark.parametrize(
    ("scope", "claims", "released", "granted"),
    [
        ("openid", None, None, "openid"),
        ("openid profile email", None, ("represents", "name", "email"), "openid profile email"),
        ("openid email", None, ("represents", "email"), "openid email"),  # mozilla-django-oidc
        ("openid phone offline_access", None, None, "openid"),
        ("openid", '{"userinfo":{"name":null}}', ("represents", "name"), "openid"),
        (
            "openid email",
            '{"id_token":{"name":null}}',
            ("represents", "name", "email"),
            "openid email",
        ),
        ("openid", '{"userinfo":{"idp":null,"phone_number":null}}', None, "openid"),
    ],
)
def test_who_names_claims_about_the_person_gets_those_alone(
    scope: str, claims: str | None, released: tuple[str, ...] | None, granted: str
) -> None:
    found = asked(PERSONAL, scope=scope, claims=claims)
    assert found.released == released
    assert OidcReplyTo.of(found).scope == granted


def test_a_scope_without_its_claim_is_not_granted() -> None:
    found = asked(scope=f"openid profile email urn:uuid:{SERVICE}")
    assert OidcReplyTo.of(found).scope == f"openid urn:uuid:{SERVICE}"
    assert found.released == ()


def test_where_each_claim_is_wanted_is_kept_for_the_answer() -> None:
    claims = {
        "id_token": {"name": None, "email": {"essential": True}, "idp": None},
        "userinfo": {"acr": None, "auth_time": {"essential": False}, "email": None},
    }
    to = OidcReplyTo.of(asked(PERSONAL, claims=json.dumps(claims)))
    assert (to.id_token, to.userinfo) == ("email name", "acr auth_time")


def hint_of_a_key_that_is_gone(_hint: str, _client: OidcClient) -> str | None:
    raise HintRetired


def test_a_hint_that_nobody_can_check_any_more_names_nobody() -> None:
    pairs = {**GOOD, "id_token_hint": "x"}
    client = a_client()
    to = response_target(Parameters(pairs.items()), {"portal": client})
    found = parse(Parameters(pairs.items()), to, SERVICES, hint_of_a_key_that_is_gone)
    assert OidcReplyTo.of(found).sub is None
    silent = Parameters({**pairs, "prompt": "none"}.items())
    with pytest.raises(AuthorizationError) as error:
        parse(silent, to, SERVICES, hint_of_a_key_that_is_gone)
    assert error.value.error == "login_required"


@pytest.mark.parametrize(
    ("fields", "scope", "service"),
    [
        ({}, "openid", SERVICE),  # the only one
        ({"services": (SERVICE, OTHER_SERVICE)}, "openid", None),
        (
            {"services": (SERVICE, OTHER_SERVICE), "default_service": OTHER_SERVICE},
            "openid profile",
            OTHER_SERVICE,
        ),
        ({}, f"openid urn:uuid:{SERVICE} urn:uuid:{SERVICE}", SERVICE),
        ({}, f"openid urn:uuid:{OTHER_SERVICE}", None),  # registered, not of this client
        ({"services": (SERVICE, "1" * 8 + "-0000" * 3 + "-" + "1" * 12)}, "openid", None),
        ({}, f"urn:uuid:{SERVICE}", None),  # openid must be asked
        ({}, f"openid urn:uuid:{SERVICE} urn:uuid:{OTHER_SERVICE}", None),
    ],
)
def test_the_service_is_the_one_that_the_scope_names_else_the_default(
    fields: dict[str, Any], scope: str, service: str | None
) -> None:
    client = a_client(**fields)
    if service is None:
        assert refused(client, scope=scope) == "invalid_scope"
    else:
        assert asked(client, scope=scope).service_uuid == service


@pytest.mark.parametrize(
    ("fields", "without_is_fine"),
    [
        ({}, False),
        ({"require_pkce": False}, False),  # nobody else proves who redeems
        ({"require_pkce": False, "token_endpoint_auth_method": "private_key_jwt"}, True),
        ({"token_endpoint_auth_method": "private_key_jwt"}, False),
    ],
)
def test_only_a_client_that_authenticates_may_be_registered_to_go_without_pkce(
    fields: dict[str, Any], without_is_fine: bool
) -> None:
    client, none = a_client(**fields), {"code_challenge": None, "code_challenge_method": None}
    if without_is_fine:
        assert OidcReplyTo.of(asked(client, **none)).challenge is None
    else:
        assert refused(client, **none) == "invalid_request"
    assert refused(client, code_challenge=None) == "invalid_request"


def test_a_hint_names_the_user_who_must_log_in() -> None:
    assert OidcReplyTo.of(asked(id_token_hint="of jan")).sub == "jan"
    assert refused(id_token_hint="of ") == "login_required"


def test_a_document_asks_for_a_fresh_login_with_two_factors() -> None:
    client = a_client(
        services=(OTHER_SERVICE,), authorization_details_types=("urn:sluis:document",)
    )
    details = json.dumps([DETAILS])
    found = asked(client, scope="openid", authorization_details=details)
    assert found.document is not None and found.document.title == "Vergunning"
    assert (found.force_authn, found.level, found.minimum) == (True, L.EH2_PLUS, L.EH2_PLUS)


@pytest.mark.parametrize(
    ("types", "url"),
    [
        ((), "https://portal.example/v.pdf"),
        (("urn:sluis:document",), "https://elders.example/v.pdf"),
        (("urn:sluis:document",), "http://portal.example/v.pdf"),
        (("urn:sluis:document",), "https://portal.example:8443/v.pdf"),
    ],
)
def test_a_document_is_of_a_client_that_registered_for_it_and_at_its_own_host(
    types: tuple[str, ...], url: str
) -> None:
    client = a_client(authorization_details_types=types)
    details = [{**DETAILS, "document": {**DETAILS["document"], "url": url}}]  # type: ignore[dict-item]
    found = refused(client, authorization_details=json.dumps(details))
    assert found == "invalid_authorization_details"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"client_id": "nobody"}, "unknown_client"),
        ({"client_id": None}, "unknown_client"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"redirect_uri": f"{CALLBACK}/"}, "redirect_uri_mismatch"),
    ],
)
def test_with_client_or_address_in_doubt_there_is_a_page(
    changes: dict[str, str | None], key: str
) -> None:
    with pytest.raises(UnknownTarget) as error:
        asked(**changes)
    assert (error.value.status, error.value.public_key) == (400, key)
    is_known = key == "redirect_uri_mismatch"
    assert error.value.client_id == ("portal" if is_known else None)
    assert error.value.sent == next(iter(changes.values()))
    assert error.value.registered == ((CALLBACK,) if is_known else ())


def test_a_state_that_came_twice_is_not_repeated_and_the_portal_hears_why() -> None:
    parameters = Parameters([*GOOD.items(), ("state", "t")])
    to = response_target(parameters, {"portal": a_client()})
    assert to.state is None
    with pytest.raises(AuthorizationError, match="state occurs more than once"):
        parse(parameters, to, SERVICES, lambda *_: None)
