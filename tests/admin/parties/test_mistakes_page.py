"""The page with typical mistakes says what the program says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.parties import oidc_makelaars
from admin.registrations import rules, sectors
from admin.registrations.documents import Entry
from broker.settings import Settings
from keys.jwks import as_joserfc
from providers.registry import OidcSettings
from providers.trouble import Trouble
from tests.admin.parties.test_makelaars_and_portals import GOOD, Answers, Internet, as_json
from tests.architecture.source_tree import ROOT
from tests.broker.examples import a_client
from tests.clocks import START
from tests.keys_for_tests import ec_key, make_keyring

PAGE: Final = (ROOT / "docs/operators/mistakes.md").read_text(encoding="utf-8")
BASIC: Final = {"token_endpoint_auth_method": "client_secret_basic"}
SECRET_KEY: Final = as_joserfc(ec_key("portal"), "a").as_dict(private=True)
MADE: Final[list[dict[str, Any]]] = [
    {"redirect_uris": ("http://portal.example/cb",)},
    {"redirect_uris": ("https://portal.example/*",)},
    {"redirect_uris": ("https://a.example/cb", "https://b.example/cb")},
    BASIC,
    {**BASIC, "secret_sha256": ("geheim",)},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [SECRET_KEY]}},
    {"backchannel_logout_uri": "https://10.0.0.1/logout"},
]
ISSUER: Final = "https://makelaar.example"
FOUND: Final[dict[str, Any]] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
AT_THE_MAKELAAR: Final[list[tuple[str, Answers]]] = [
    (f"{ISSUER}/", {}),
    (
        ISSUER,
        {"openid-configuration": as_json({**FOUND, "token_endpoint": "https://api.example/t"})},
    ),
    (ISSUER, {"token": as_json({"error": "invalid_client"}, 401)}),
]


def rows_of_ten(column: int) -> Iterator[str]:
    for line in PAGE.replace("\\|", "\0").splitlines():
        cells = [cell.strip().replace("\0", "|") for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0][:1].isdigit():
            yield cells[column]


@pytest.mark.parametrize("number", range(len(MADE)))
def test_apply_says_what_the_page_says(session: Session, settings: Settings, number: int) -> None:
    entry = Entry("Client", a_client(**MADE[number]), "x", ROOT)
    breaches = rules.breaches("Client", entry.model, rules.calls_of(settings))
    said = [str(one) for one in breaches]
    said += [
        line.removeprefix("x: ")
        for line in sectors.mistakes(sectors.registered(session, [entry]), [entry])
    ]
    assert list(rows_of_ten(1))[number] in said


@pytest.mark.parametrize("number", range(len(AT_THE_MAKELAAR)))
def test_doctor_says_what_the_page_says(number: int) -> None:
    issuer, answers = AT_THE_MAKELAAR[number]
    internet = Internet({**GOOD, "openid-configuration": as_json(FOUND), **answers})
    (trouble,) = oidc_makelaars.troubles(
        OidcSettings(issuer=issuer, client_id="sluis"),
        internet,
        keyring=make_keyring(),
        redirect_uri="https://x.example",
        now=START,
    )
    said = f"{trouble.told}; {trouble.remedy}"
    assert list(rows_of_ten(2))[len(MADE) + number] == said


def test_there_are_ten() -> None:
    assert len(list(rows_of_ten(0))) == len(MADE) + len(AT_THE_MAKELAAR) == 10


def test_every_word_of_trouble_is_on_the_page_with_whose_it_is() -> None:
    lines = PAGE.partition("## Words")[2].splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("| `")]
    told = {row[0].strip("| `"): row[1] for row in rows}
    assert told == {trouble.value: trouble.side.name.lower() for trouble in Trouble}
