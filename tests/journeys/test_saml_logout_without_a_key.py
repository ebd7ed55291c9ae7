"""A party asks for a logout while we have no key to sign the answer with."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.sso import saml_logout
from keys.keyring import KeyMissing, KeyUse
from tests.broker.saml.logging_out import soap_fault
from tests.broker.saml.logout_world import LogoutWorld


@pytest.mark.parametrize("binding", ["SOAP", "HTTP-POST"])
def test_who_cannot_be_answered_for_want_of_a_key_is_told_and_may_try_again(
    tmp_path: Path, binding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = LogoutWorld(tmp_path)
    browser = here.log_in(openid=False)
    name, about, index = here.name

    def no_key(*_: object) -> None:
        raise KeyMissing(KeyUse.SAML_SIGNING, "RS256")

    monkeypatch.setattr(saml_logout, "signing_key", no_key)
    if binding == "SOAP":
        message = here.portal.request(name, about, [index], to=f"{here.portal.ours}/soap")
        answer = here.portal.calls(message)
        assert answer.status == 503 and soap_fault(answer) == "Server"
    else:
        page = here.portal.asks(browser, here.portal.request("nobody", about, [index]), binding)
        assert page.status == 503 and "SLS-" in page.text
    assert here.sessions() == 1
