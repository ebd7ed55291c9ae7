"""Authorization requests as the software of portals sends them, each in order; what is no habit is
refused beside them in ``tests/attacks/oidc_downstream``.
"""

from __future__ import annotations

import pytest

from tests.broker.examples import SERVICE
from tests.broker.oidc.test_authorization_request import asked, refused

SERVICE_SCOPE = f"urn:uuid:{SERVICE}"
HABITS: dict[str, dict[str, str | None]] = {
    "oauth2-proxy: a prompt of old Google, and a path in the state": {
        "approval_prompt": "force",
        "scope": f"openid email profile {SERVICE_SCOPE}",
        "state": "Yk8y-3_x:/dashboard?a=1&b=%2F",
    },
    "Auth.js: a state that is an encrypted token, and no nonce": {
        "state": f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..{'a' * 700}.{'b' * 22}",
        "nonce": None,
    },
    "ASP.NET Core: its name and version, and a long state": {
        "x-client-SKU": "ID_NET8_0",
        "x-client-ver": "7.1.2.0",
        "response_mode": "form_post",
        "nonce": "638700000000000000.YWJj" + "d" * 80,
        "state": "CfDJ8" + "x" * 1100,
    },
    "Spring Security: a state that is filled up": {"state": "n5aJ0Q-3x_2Yw8uH1p9k7A=="},
    "MSAL: what it wants to know of the login": {
        "client_info": "1",
        "client-request-id": "1a2b3c4d-0000-4000-8000-000000000000",
        "x-client-OS": "",
        "scope": f"openid profile offline_access {SERVICE_SCOPE}",
    },
    "Auth0: its own words beside the standard's": {
        "auth0Client": "eyJuYW1lIjoiYXV0aDAifQ==",
        "response_mode": "query",
    },
    "AppAuth and Google: access when nobody is there": {
        "access_type": "offline",
        "include_granted_scopes": "true",
        "prompt": "consent",
        "scope": f"openid offline_access {SERVICE_SCOPE}",
    },
    "how the page is to look": {"display": "page"},
    "wishes that are empty": {
        "prompt": "",
        "max_age": "",
        "acr_values": "",
        "login_hint": "",
        "ui_locales": "",
        "claims": "",
        "display": "",
        "id_token_hint": "",
    },
    "Keycloak: the language and another realm's hint": {
        "ui_locales": "nl-NL nl en",
        "kc_idp_hint": "elders",
    },
    "white space between scopes": {"scope": f"openid  email {SERVICE_SCOPE} "},
    "a scope that is not known here": {"scope": f"openid roles phone {SERVICE_SCOPE}"},
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_products_send_is_in_order(habit: str) -> None:
    changes = HABITS[habit]
    found = asked(**changes)
    assert found.service_uuid == SERVICE
    assert found.reply_to["state"] == changes.get("state", "s")  # back as it came
    assert "offline_access" not in str(found.reply_to["scope"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_what_would_weaken_the_answer_is_no_habit(
    changes: dict[str, str | None], error: str
) -> None:
    assert refused(**changes) == error
