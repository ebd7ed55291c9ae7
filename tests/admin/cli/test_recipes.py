"""``sluis recipe``: an operator gets a recipe with the addresses of this server."""

from __future__ import annotations

import re

import pytest

from tests.admin.cli.conftest import Sluis
from tests.world import ADDRESSES


def test_a_recipe_has_the_addresses_of_this_server(sluis: Sluis) -> None:
    done = sluis("recipe", "flask")
    assert done.exit_code == 0
    assert f"{ADDRESSES.broker}/.well-known/openid-configuration" in done.output
    assert "as portal over OpenID Connect" in done.output


def test_it_is_filled_in_with_what_is_known_of_the_other_side(sluis: Sluis) -> None:
    given = ("--address", "https://mijn.example/", "--id", "loket", "--service", "a" * 8)
    done = sluis("recipe", "flask", "--lang", "nl", *given)
    assert 'redirect_uris: ["https://mijn.example/callback"]' in done.output
    assert "client_id: loket" in done.output and "services: [aaaaaaaa]" in done.output
    assert "als portaal via OpenID Connect" in done.output


def test_without_a_name_all_are_listed(sluis: Sluis) -> None:
    done = sluis("recipe")
    assert {"flask", "keycloak-saml"} <= {line.split()[0] for line in done.output.splitlines()}


def test_an_unknown_name_gets_those_that_look_like_it(sluis: Sluis) -> None:
    done = sluis("recipe", "keycloak")
    assert done.exit_code == 2
    assert "did you mean keycloak-" in done.output


def test_what_a_makelaar_must_send_is_printed(sluis: Sluis) -> None:
    done = sluis("recipe", "requirements", "--language", "nl")
    assert "| persoon | `sub` |" in done.output


def test_beside_a_demo_a_portal_has_the_port_that_is_left_free(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is printed works as it stands; a makelaar of the reader's own is somewhere else."""
    monkeypatch.setenv("SLUIS__DEVELOPMENT__OWN_PORTAL", "127.0.0.1:8007")
    done = sluis("recipe", "flask")
    assert 'redirect_uris: ["http://127.0.0.1:8007/callback"]' in done.output
    assert "flask --app app run --port 8007\n" in done.output
    assert "`http://127.0.0.1:8007/login`" in done.output
    assert "https://idp.example.nl" in sluis("recipe", "keycloak-saml").output


def test_its_commands_name_this_installation(sluis: Sluis) -> None:
    told = re.findall(r"^(.*) apply -f sluis.yaml$", sluis("recipe", "flask").output, re.M)
    assert len(told) == 1 and re.fullmatch(r"sluis --config \S+config.toml", told[0])
