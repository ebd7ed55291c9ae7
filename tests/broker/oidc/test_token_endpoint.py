"""The token endpoint hands a request to its grant type, and to nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from broker.monitoring import metrics
from broker.oidc import token_endpoint
from broker.oidc.client_authentication import Authenticated
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters, Repeated
from broker.oidc.token_endpoint import GRANTS, grant_label, token_response
from broker.runtime import Runtime
from tests.broker.examples import a_client
from tests.broker.runtimes import make_runtime
from tests.clocks import START

WHO = Authenticated(a_client())


def answered(rt: Runtime, *pairs: tuple[str, str]) -> dict[str, Any]:
    return token_response(rt, Parameters(pairs), WHO, START)


def test_each_grant_type_has_a_function_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(
        rt: Runtime, parameters: Parameters, who: Authenticated, now: datetime
    ) -> dict[str, Any]:
        return {"rt": rt, "x": parameters.one("x"), "who": who, "now": now}

    monkeypatch.setattr(token_endpoint, "GRANTS", {**GRANTS, "urn:other": other})
    rt = make_runtime()
    found = answered(rt, ("grant_type", "urn:other"), ("x", "1"))
    assert found == {"rt": rt, "x": "1", "who": WHO, "now": START}
    with pytest.raises(TokenError, match="code is missing"):
        answered(rt, ("grant_type", "authorization_code"))
    assert grant_label("urn:other") == "urn:other"


@pytest.mark.parametrize("said", ["refresh_token", "password", "Authorization_code", "x" * 300])
def test_any_other_is_not_supported_and_counted_as_other(said: str) -> None:
    with pytest.raises(TokenError) as refused:
        answered(make_runtime(), ("grant_type", said), ("code", "x"))
    assert (refused.value.error, refused.value.status) == ("unsupported_grant_type", 400)
    assert refused.value.description == "only authorization_code is supported"
    assert grant_label(said) == metrics.OTHER


@pytest.mark.parametrize("pairs", [(), (("grant_type", ""),)])
def test_a_grant_type_that_is_missing_is_a_request_that_is_wrong(
    pairs: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(TokenError, match="grant_type is missing") as refused:
        answered(make_runtime(), *pairs, ("code", "x"))
    assert (refused.value.error, refused.value.status) == ("invalid_request", 400)


def test_one_request_names_one_grant_type() -> None:
    with pytest.raises(Repeated):
        answered(make_runtime(), *[("grant_type", "authorization_code")] * 2)
    assert grant_label(None) == metrics.OTHER
    assert grant_label("authorization_code") == "authorization_code"
