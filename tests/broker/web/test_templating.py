"""What templates do with texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.web.templating import _day_input, _pieces, numbers_whole
from tests.world import ADDRESSES, World, make_world

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bakkerij (KvK 9000 1201)", "Bakkerij (KvK\u00a09000\u00a01201)"),
        ("RSIN 0012 34567", "RSIN\u00a00012\u00a034567"),
        ("Vestiging 000012345678", "Vestiging 000012345678"),
        ("EH2", "EH2"),
        ("x" * 100_000, "x" * 100_000),
        ("x" * 100_000 + " 9000 1201", "x" * 100_000 + " 9000 1201"),
        ("KvK 9000 1201 " * 9_000, "KvK\u00a09000\u00a01201 " * 9_000),
    ],
)
def test_the_number_of_an_organisation_stays_on_one_line(text: str, shown: str) -> None:
    assert numbers_whole(text) == shown


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("", "date", ""),
        ("2027-12-31", "date", "2027-12-31"),
        ("31-12-2027", "date", "2027-12-31"),
        ("31-2-2027", "text", "31-2-2027"),
        ("volgende week", "text", "volgende week"),
        ("2027-02-30", "text", "2027-02-30"),
    ],
)
def test_what_is_no_day_is_shown_as_it_was_typed(typed: str, kind: str, value: str) -> None:
    assert _day_input(typed) == (kind, value)


def test_every_field_for_a_day_shows_what_was_typed() -> None:
    """No template makes such a field itself."""
    files = [*ROOT.glob("admin/**/*.html"), *ROOT.glob("broker/**/*.html")]
    found = {file.name for file in files if re.search(r'<input [^>]*type="date"', file.read_text())}
    asked = [file.name for file in files if re.search(r"day_input\(|type=.date.", file.read_text())]
    assert not found and len(asked) >= 7


@pytest.mark.parametrize(
    ("method", "asked", "link"),
    [
        ("GET", "/hulp/", "/hulp/?ui=en"),
        ("GET", "/uitgelogd?van=abc&ui=nl&x=y", "/uitgelogd?van=abc&ui=en"),
        ("GET", "/mijn/logins?voor=abc&van=abc", "/mijn/logins?voor=abc&ui=en"),
        (
            "GET",
            "/operator/inlogspoor?dienst=a&live=nee",
            "/operator/inlogspoor?dienst=a&live=nee&ui=en",
        ),
        ("POST", "/login/abc/consent", "/login/abc?ui=en"),
        ("POST", "/mijn/inlogmiddelen/abc/naam", "/mijn/inlogmiddelen/abc?ui=en"),
        ("POST", "/mijn/inlogmiddelen/app", "/mijn/inlogmiddelen/app?ui=en"),
        ("POST", "/operator/instellen/abc", "/operator/instellen/abc?ui=en"),
        ("POST", "/inloggegevens-vergeten/abc", "/inloggegevens-vergeten/abc?ui=en"),
        ("POST", "/authorize", "/?ui=en"),
        ("GET", "/nowhere?van=abc", "/nowhere?ui=en"),
    ],
)
def test_the_other_language_is_at_an_address_that_shows_this_page(
    world: World, method: str, asked: str, link: str
) -> None:
    with world.app.test_request_context(asked, method=method, base_url=ADDRESSES.broker):
        assert world.app.jinja_env.globals["language_url"]("en") == link  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "urn:etoegang:DV:0001:services:7",
            ["urn:", "etoegang:", "DV:", "0001:", "services:", "7"],
        ),
        ("https://idp.example/saml/sso", ["https://", "idp.example/", "saml/", "sso"]),
        ("e6723beb", ["e6723beb"]),
        ("", [""]),
    ],
)
def test_a_long_name_breaks_behind_its_parts_alone(text: str, pieces: list[str]) -> None:
    assert _pieces(text) == pieces
    assert "".join(_pieces(text)) == text
