"""Every endpoint says of itself what is asked of it; nothing is known of it elsewhere."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest
from flask import Flask

from broker.oidc.views import create_blueprint
from broker.web import json_errors
from broker.web.endpoints import (
    ITSELF,
    Audience,
    Readers,
    endpoints_of,
)
from tests.architecture.source_tree import ROOT, python_files
from tests.world import World, make_world

# Each is authenticated by the message itself: signature, code, client authentication, state.
EXEMPT_FROM_CSRF = {
    *("oidc.authorize", "oidc.token", "oidc.par", "oidc.userinfo"),
    *("logout.portal_asks", "arrivals.saml_acs", "arrivals.oidc_form", "saml_idp.by_post"),
    *("saml_idp_logout.by_post", "saml_idp_logout.by_soap"),
    *("makelaar_logout.by_post", "makelaar_logout.by_soap", "makelaar_logout.by_back_channel"),
    "saml_idp.resolve_artifact",
}
READ_BY_ANYBODY = {
    *("oidc.jwks", "oidc.discovery"),
    *("own_metadata.oidc_client_jwks", "own_metadata.for_everybody", "saml_idp.metadata"),
    *("own_metadata.for_makelaar", "saml_idp.metadata_of_portal"),
}
ASKED_BY_PROGRAMS = {
    *("oidc.token", "oidc.par", "oidc.userinfo", "oidc.jwks", "oidc.discovery"),
    *("own_metadata.oidc_client_jwks", "health.live", "health.ready"),
    *("saml_idp_logout.by_soap", "makelaar_logout.by_soap", "makelaar_logout.by_back_channel"),
    "saml_idp.resolve_artifact",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def test_every_address_has_a_declaration(world: World) -> None:
    declared = endpoints_of(world.app).named
    assert {rule.endpoint for rule in world.app.url_map.iter_rules()} == declared.keys()


def test_whoever_is_free_or_exempt_says_why(world: World) -> None:
    for name, endpoint in endpoints_of(world.app).named.items():
        if endpoint.limit is None or not endpoint.csrf:
            assert endpoint.because, name


def test_the_exceptions_are_these(world: World) -> None:
    declared = endpoints_of(world.app).named.items()
    assert {name for name, one in declared if not one.csrf} == EXEMPT_FROM_CSRF
    assert {name for name, one in declared if one.readers is Readers.ANYBODY} == READ_BY_ANYBODY
    assert {name for name, one in declared if one.readers is Readers.SITE} == {
        "static",
        "theme.style",
    }
    programs = {name for name, one in declared if one.audience is not Audience.PEOPLE}
    assert programs == ASKED_BY_PROGRAMS
    assert {name for name, one in declared if one.by_address} == {"health.live", "health.ready"}


def test_what_programs_ask_is_known_by_its_address(world: World) -> None:
    declared = endpoints_of(world.app)
    with world.app.app_context():
        for rule in world.app.url_map.iter_rules():
            path = re.sub("<[^>]*>", "unknown", rule.rule)
            is_for_programs = declared.named[rule.endpoint].audience is not Audience.PEOPLE
            assert json_errors.ask(path) is is_for_programs, rule.rule


def test_a_form_is_shown_again_by_an_endpoint_that_takes_no_more_than_it(world: World) -> None:
    rules = {rule.endpoint: rule for rule in world.app.url_map.iter_rules()}
    for name, endpoint in endpoints_of(world.app).named.items():
        if endpoint.shown_at != ITSELF:
            shown = rules[endpoint.shown_at]
            assert "GET" in (shown.methods or ()), name
            assert shown.arguments <= rules[name].arguments, name


def test_what_all_requests_have_in_common_names_no_endpoint(world: World) -> None:
    names = {name for name in world.app.view_functions if "." in name}
    # Where a page leads that has nowhere else to go, and the style of every page.
    own = {"front.index", "theme.style"}
    found = {
        f"{path}: {name}"
        for path in python_files("broker")
        if path.parts[1] == "web"
        for name in names - own
        if f'"{name}"' in (ROOT / path).read_text(encoding="utf-8")
    }
    assert not found, found


def test_the_oidc_endpoints_take_no_language_from_a_portal() -> None:
    """``ui`` in a portal's link is no wish of its user; a portal asks with ``ui_locales``."""
    app = Flask("some", static_folder=None)
    app.register_blueprint(create_blueprint(lambda _: pytest.fail("no login begins"), Mock()))
    assert not any(one.sets_language for one in endpoints_of(app).named.values())
