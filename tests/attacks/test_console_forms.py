"""Changes at ``/beheer``: never by an address alone, by the token of another browser, or from a
page of somebody else. Their good twins stand beside them, and in the table of addresses.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from consent.mandates import Mandate
from directory.consoles import BEHEER
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from tests.attacks.beheer_addresses import PAGES
from tests.journeys.beheer import BAKERY, HERE, enter, held, token
from tests.operators import at_console
from tests.world import ADDRESSES, World, make_world

POSTS = sorted({path for method, path in PAGES if method == "POST"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def sanne(world: World) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser)
    return browser


def address(path: str) -> str:
    return HERE + re.sub("<[a-z_]+>", "0" * 26, path)


def test_A_01_no_view_that_changes_something_is_opened_by_an_address(world: World) -> None:
    """Whatever takes a form of ours takes nothing else; what portals ask may come either way."""
    both = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set())
    }
    assert both == {"logout.portal_asks", "oidc.authorize", "oidc.userinfo"}


def test_A_01_the_token_of_another_browser_opens_nothing(world: World, sanne: Browser) -> None:
    stranger = at_console(world, "liv", BEHEER)
    theirs, own = token(stranger.open(HERE)), token(sanne.open(HERE))
    for path in POSTS:
        page = sanne.post(address(path), [("csrf_token", theirs)])
        assert (page.status, page.heading) == (400, "Deze pagina is verlopen"), path
        page = sanne.post(address(path), [("csrf_token", own)])
        assert page.heading != "Deze pagina is verlopen", f"with its own {path} is judged"


def test_A_01_a_page_of_somebody_else_changes_nothing_though_it_knows_the_token(
    world: World, sanne: Browser
) -> None:
    """The browser leaves out what says who it is; from our own page the same does it."""
    (mandate, *_) = held(world, "fatima") or held(world, "roos")
    own = token(sanne.open(f"{HERE}/machtigingen"))
    revoke = f"{HERE}/machtiging/{mandate.id}/intrekken"
    sanne.open(f"{ADDRESSES.makelaars}/")
    page = sanne.post(revoke, [("csrf_token", own)])
    assert page.status == 400 and page.heading == "Deze pagina is verlopen"

    def revoked() -> bool:
        with world.session() as session:
            row = session.scalars(select(Mandate).where(Mandate.id == mandate.id)).one()
            told = audit.recent(session, tags=[EventTag.MANDATE_REVOKED])
            return row.revoked_at is not None and len(told) == 1

    assert not revoked()
    enter(world, sanne, BAKERY)
    page = sanne.open(f"{HERE}/machtigingen")
    sanne.post(revoke, [("csrf_token", token(page))])
    assert revoked()
