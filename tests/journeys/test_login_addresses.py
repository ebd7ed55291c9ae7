"""The address of a login, which is written without a look at the routes, is the one of its view."""

from __future__ import annotations

import pytest
from flask import url_for

from broker.journey.addresses import PORTAL, of_login, portal_mark
from tests.broker.facts import a_login
from tests.world import World


@pytest.mark.parametrize("ticket", [None, "0DPfi0xCqw7bp5N1trp27w", "a&b=c"])
def test_it_leads_to_the_view_of_a_login(world: World, ticket: str | None) -> None:
    login = a_login()
    asked = {PORTAL: portal_mark(login.request.client_id), "ticket": ticket}
    with world.app.test_request_context():
        place = url_for("login.enter", login_id=login.id, **asked)  # type: ignore[arg-type]
    assert of_login(login, ticket=ticket) == place
