"""What an endpoint declares of itself; which ones there are tells ``tests/architecture``."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from broker.web.endpoints import (
    NOWHERE,
    Audience,
    Endpoint,
    NotDeclared,
    Readers,
    declare_blueprint,
    endpoints_of,
)

FREE = Endpoint(limit=None, because="a reason")
PROGRAMS = Endpoint(limit="token", audience=Audience.PROGRAMS)


def made(blueprint: Blueprint) -> Flask:
    app = Flask("some", static_folder=None)
    app.register_blueprint(blueprint)
    return app


def some(**views: Endpoint | None) -> Blueprint:
    """A blueprint with a view at ``/name`` for each; ``__`` in a name is a folder."""
    blueprint = Blueprint("some", "some")
    for name, endpoint in views.items():

        def view() -> str:
            return ""

        address = "/" + name.replace("__", "/")
        blueprint.add_url_rule(address, name, view if endpoint is None else endpoint(view))
    return blueprint


def test_no_application_is_made_around_a_view_that_declares_nothing() -> None:
    with pytest.raises(NotDeclared, match=r"some\.b"):
        endpoints_of(made(some(a=FREE, b=None)))


def test_a_view_that_declares_nothing_follows_its_blueprint() -> None:
    blueprint = some(a=None, b=PROGRAMS)
    declare_blueprint(blueprint, FREE)
    assert endpoints_of(made(blueprint)).named == {"some.a": FREE, "some.b": PROGRAMS}


@pytest.mark.parametrize(("limit", "csrf"), [(None, True), ("token", False)])
def test_an_exception_without_a_reason_is_no_declaration(limit: str | None, csrf: bool) -> None:
    with pytest.raises(ValueError, match="says why"):
        Endpoint(limit=limit, csrf=csrf)


@pytest.mark.parametrize(
    ("views", "known"),
    [
        ({"token": PROGRAMS, "hulp": FREE}, ("/token",)),
        ({"health__live": PROGRAMS, "health__ready": PROGRAMS, "hulp": FREE}, ("/health",)),
        ({"oidc__keys": PROGRAMS, "oidc__callback": FREE}, ("/oidc/keys",)),
        ({"token": PROGRAMS, "tokens": FREE}, ("/token",)),
        ({"a__b__c": PROGRAMS, "a__b__d": PROGRAMS, "a__x": FREE}, ("/a/b",)),
    ],
)
def test_programs_ask_whole_folders_without_pages(
    views: dict[str, Endpoint], known: tuple[str, ...]
) -> None:
    assert endpoints_of(made(some(**views))).of_programs == known


def test_what_is_left_out_is_the_strict_choice() -> None:
    one = Endpoint(limit="login")
    assert (one.csrf, one.audience, one.readers) == (True, Audience.PEOPLE, Readers.VISITOR)
    assert not one.by_address and not one.per_portal and one.kept == ()


def test_an_address_that_nobody_answers_has_the_strict_declaration() -> None:
    app = made(some(a=PROGRAMS))
    for path, endpoint in (("/a", PROGRAMS), ("/b", NOWHERE)):
        with app.test_request_context(path):
            assert endpoints_of(app).asked() is endpoint


@pytest.mark.parametrize(
    ("path", "is_theirs"),
    [("/health", True), ("/health/unknown/x", True), ("/healthy", False), ("/", False)],
)
def test_programs_ask_what_lies_in_their_folder_also_where_nothing_is(
    path: str, is_theirs: bool
) -> None:
    declared = endpoints_of(made(some(health__live=PROGRAMS, health__ready=PROGRAMS)))
    assert declared.programs_ask(path) is is_theirs
