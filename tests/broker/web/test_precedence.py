"""What goes first where requests wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.web.precedence import STEPS, ahead
from tests.world import make_world


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        ("/token", "/login/8k2/consent"),
        ("/saml/idp/artifact", "/login/8k2/consent"),
        ("/userinfo", "/login/8k2"),
        ("/login/8k2/factor", "/saml/acs"),
        ("/login/8k2", "/oidc/callback/entra"),
        ("/saml/acs", "/authorize"),
        ("/oidc/callback/entra", "/saml/idp/sso"),
        ("/saml/acs", "/beheer/gebruikers"),
        ("/health/ready", "/token"),
    ],
)
def test_what_is_nearer_to_its_end_goes_first(sooner: str, later: str) -> None:
    assert ahead(sooner) > ahead(later)


@pytest.mark.parametrize(
    "path", ["/authorize", "/par", "/saml/idp/sso", "/beheer", "/operator/", "/", "/login", "/tok"]
)
def test_what_begins_or_is_no_login_goes_in_its_order(path: str) -> None:
    assert ahead(path) == 0.0


def test_who_came_a_second_earlier_is_never_passed() -> None:
    assert max(ahead(each) for step in STEPS for each in step) <= 1.0


def test_each_beginning_is_that_of_an_address(tmp_path: Path) -> None:
    rules = [rule.rule for rule in make_world(tmp_path).app.url_map.iter_rules()]
    for beginning in (each for step in STEPS for each in step):
        assert any(rule.startswith(beginning) for rule in rules), beginning
