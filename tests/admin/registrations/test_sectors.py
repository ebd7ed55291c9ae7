"""Sectors at apply: an app is by itself, several hosts take a name, and what would give everybody
another ``sub`` is not done by the way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations import checking
from admin.registrations.documents import DocumentsRefused
from admin.registrations.export import export
from admin.registrations.reading import read
from broker.settings import Settings
from directory.sectors import pairwise_sub
from directory.services import OidcClient
from state import registrations
from state.db import writing
from state.registrations import Kind, standing
from tests.admin.registrations.documents import PORTAL, ROBIN, SERVICE, applied, written
from tests.clocks import START
from tests.keys_for_tests import make_sealer

A, B = "https://a.example/terug", "https://b.example/terug"
APP: Final[dict[str, Any]] = {
    "application_type": "native",
    "token_endpoint_auth_method": "none",
    "redirect_uris": ["nl.example.app:/terug"],
}
LOOPBACK: Final = {**APP, "redirect_uris": ["http://127.0.0.1/terug"]}
BOTH: Final = {**APP, "redirect_uris": ["http://127.0.0.1/terug", "http://[::1]/terug"]}


def portal(name: str = "portaal", **fields: Any) -> dict[str, Any]:
    document = {**PORTAL, "client_id": name, **fields}
    if document.get("token_endpoint_auth_method") == "none":
        del document["jwks_uri"]
    return document


def client(session: Session, name: str = "portaal") -> OidcClient:
    row = standing(session, Kind.CLIENT, name)
    assert row is not None
    return OidcClient.model_validate(row.document)


def sub(session: Session, name: str = "portaal") -> str:
    return pairwise_sub(make_sealer(), client(session, name), "roos")


def stood_before(session: Session, document: dict[str, Any]) -> None:
    """A client as an earlier version wrote it."""
    model = OidcClient.model_validate({k: v for k, v in document.items() if k != "kind"})
    stored = model.model_dump(mode="json", exclude_none=True, by_alias=True)
    with writing(session):
        registrations.save(session, Kind.CLIENT, model.client_id, stored, START)


@pytest.mark.parametrize(
    "app", [APP, LOOPBACK, BOTH], ids=["own_scheme", "loopback", "two_families"]
)
def test_two_apps_do_not_know_each_others_people(
    session: Session, settings: Settings, tmp_path: Path, app: dict[str, Any]
) -> None:
    applied(session, settings, tmp_path, SERVICE, portal("een", **app), portal("twee", **app))
    assert sub(session, "een") != sub(session, "twee")
    again = applied(session, settings, tmp_path, portal("een", **app))
    assert again == [("Client", "unchanged")]
    assert "sector_identifier: client:een" in export(session, make_sealer(), actor=ROBIN, now=START)


@pytest.mark.parametrize("app", [APP, LOOPBACK], ids=["own_scheme", "loopback"])
def test_an_app_that_stood_before_keeps_its_subjects_and_is_told_of(
    session: Session, settings: Settings, tmp_path: Path, app: dict[str, Any]
) -> None:
    stood_before(session, portal(**app))
    before = sub(session)
    applied(session, settings, tmp_path, SERVICE)
    assert applied(session, settings, tmp_path, portal(**app)) == [("Client", "unchanged")]
    applied(session, settings, tmp_path, portal(**app, home_url="https://app.example/"))
    assert sub(session) == before
    entries = read(written(tmp_path, portal(**app)))
    checked = checking.check(session, settings, entries, may_move=False)
    ((text,),) = checked.warnings.values()
    assert "shares its subjects" in text and "client:portaal" in text


def test_what_an_earlier_version_gave_several_hosts_is_kept_and_told(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    both = portal(redirect_uris=[A, B])
    stood_before(session, both)
    before = sub(session)
    applied(session, settings, tmp_path, SERVICE, both)
    named = {**both, "sector_identifier": "client:portaal"}
    assert applied(session, settings, tmp_path, named) == [("Client", "changed")]
    assert sub(session) == before


MOVES: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "another host": ({"redirect_uris": [A]}, {"redirect_uris": [B]}),
    "a second host": ({"redirect_uris": [A]}, {"redirect_uris": [A, B]}),
    "another name": (
        {"redirect_uris": [A], "sector_identifier": "a.example"},
        {"redirect_uris": [A], "sector_identifier": "b.example"},
    ),
    "the name taken away": (
        {"redirect_uris": [A], "sector_identifier": "client:portaal"},
        {"redirect_uris": [A]},
    ),
    "a portal that becomes an app": ({"redirect_uris": [A]}, APP),
}


@pytest.mark.parametrize(("old", "new"), MOVES.values(), ids=MOVES)
def test_a_sector_that_would_move_is_refused_with_what_keeps_it(
    session: Session, settings: Settings, tmp_path: Path, old: dict[str, Any], new: dict[str, Any]
) -> None:
    applied(session, settings, tmp_path, SERVICE, portal(**old))
    before = sub(session)
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, portal(**new))
    line = next(one for one in refused.value.lines if "another sub" in one)
    kept = line.partition("write sector_identifier: ")[2].partition(" to keep")[0].strip("'")
    applied(session, settings, tmp_path, portal(**{**new, "sector_identifier": kept}))
    assert sub(session) == before


def test_a_sector_moves_where_that_is_asked(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, portal(redirect_uris=[A]))
    before, moved = sub(session), portal(redirect_uris=[B])
    told = applied(session, settings, tmp_path, moved, dry_run=True)
    assert told == [("Client", "changed")] and sub(session) == before
    applied(session, settings, tmp_path, moved, move_subjects=True)
    assert sub(session) != before


def test_a_portal_that_comes_back_elsewhere_is_asked_for_as_well(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, portal(redirect_uris=[A]))
    with writing(session):
        registrations.withdraw(session, Kind.CLIENT, "portaal", START)
    with pytest.raises(DocumentsRefused, match="1 mistakes"):
        applied(session, settings, tmp_path, portal(redirect_uris=[B]))
    applied(session, settings, tmp_path, portal(redirect_uris=[A, f"{A}/2"]))
