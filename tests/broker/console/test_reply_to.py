"""Where a console wants its user back."""

from __future__ import annotations

import pytest

from broker.console.reply_to import ConsoleReplyTo
from tests.broker.facts import asking


@pytest.mark.parametrize("next_path", ["/mijn/logins?voor=abc", None])
def test_what_is_kept_with_the_login_comes_back_as_it_was(next_path: str | None) -> None:
    kept = ConsoleReplyTo(next_path)
    assert ConsoleReplyTo.of(asking(reply_to=kept.stored())) == kept


def test_a_request_of_a_portal_names_no_page_of_a_console() -> None:
    assert ConsoleReplyTo.of(asking(reply_to={"state": "x"})) == ConsoleReplyTo(None)
