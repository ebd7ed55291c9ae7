"""``sluis organisation``, as whoever runs the machine meets it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from admin.organisations import records
from broker import settings
from directory.people import Membership
from sandbox.prepare import Demo
from state.db import writing
from state.engine import make_engine
from tests.admin.cli.conftest import Sluis
from tests.clocks import START

BAKERY, OFFICE, FREE = "90001201", "90001542", "90007777"


def test_what_is_known_is_confirmed_and_shown(registered: None, sluis: Sluis) -> None:
    done = sluis(
        "organisation", "confirm", "9000 1201", "--name", "De Korenmolen", "--address", "Molenweg 1"
    )
    assert done.exit_code == 0, done.output
    shown = json.loads(sluis("organisation", "show", BAKERY, "--json").output)
    assert (shown["name"], shown["address"], shown["source"]) == (
        "De Korenmolen",
        "Molenweg 1",
        "operator",
    )
    assert shown["branches"] == ["000090012011", "000090012021"] and shown["was"] == []
    assert "address      Molenweg 1" in sluis("organisation", "show", BAKERY).output


def test_a_new_number_and_a_merger_are_explained_afterwards(registered: None, sluis: Sluis) -> None:
    done = sluis("organisation", "renumber", BAKERY, FREE, "--yes")
    assert done.exit_code == 0 and f"{BAKERY} is {FREE} now" in done.output
    done = sluis("organisation", "merge", FREE, OFFICE, "--yes")
    assert done.exit_code == 0 and "2 branches" in done.output, done.output
    for old in (BAKERY, FREE):
        shown = sluis("organisation", "show", old).output
        assert f"{old} became {OFFICE}." in shown and "Yilmaz" in shown


def test_the_register_of_the_demo_is_asked(registered: None, sluis: Sluis) -> None:
    found = sluis("organisation", "lookup", BAKERY).output
    assert "Molenweg 1" in found and "branch       000090012021" in found
    assert "does not know" in sluis("organisation", "lookup", FREE).output
    assert "ended        2025-03-31" in sluis("organisation", "lookup", "9000 1852").output
    assert "Changed: address." in sluis("organisation", "refresh", BAKERY).output
    assert "Nothing changed." in sluis("organisation", "refresh", BAKERY).output
    assert "source       file" in sluis("organisation", "show", BAKERY).output


def test_documents_that_name_an_old_number_are_not_read(
    registered: None, sluis: Sluis, demo: Demo
) -> None:
    sluis("organisation", "renumber", BAKERY, FREE, "--yes")
    done = sluis("apply", "-f", str(demo.registrations))
    assert done.exit_code != 0 and f"kvk: {BAKERY} became {FREE}" in done.output, done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "1234"), "write eight digits"),
        (("show", FREE), "no organisation is registered here"),
        (("refresh", FREE), "no organisation is registered here"),
        (("confirm", BAKERY, "--name", "x", "--rsin", "1"), "cannot be kept like this: rsin"),
        (("renumber", BAKERY, OFFICE, "--yes"), "sluis organisation merge"),
        (("merge", BAKERY, BAKERY, "--yes"), "both are one number"),
        (("extend", BAKERY, "--person", "jan"), "is no administrator there"),
        (("extend", BAKERY, "--person", "sanne"), "in its last half year"),
    ],
)
def test_what_cannot_be_done_says_why(
    registered: None, sluis: Sluis, words: tuple[str, ...], says: str
) -> None:
    done = sluis("organisation", *words)
    assert done.exit_code == 2 and says in done.output, done.output


@pytest.mark.parametrize("asked", [True, False])
def test_one_that_nobody_administers_any_more_says_where_an_account_is_asked(
    registered: None, sluis: Sluis, demo: Demo, asked: bool
) -> None:
    told = demo.config.read_text(encoding="utf-8")
    assert "account_requests = true" in told
    demo.config.write_text(
        told.replace("account_requests = true", f"account_requests = {str(asked).lower()}"),
        encoding="utf-8",
    )
    read = settings.load(demo.config, {})
    with Session(make_engine(read.database.url)) as session:
        with writing(session):
            office = records.organisation_at(session, OFFICE)
            office.suspended_at = START
            session.execute(delete(Membership).where(Membership.organisation_id == office.id))
        session.get_bind().dispose()
    done = sluis("organisation", "restore", OFFICE, "--yes").output
    assert "Nobody administers it" in done
    assert (f"asks for one at {read.base_url}/toegang/aanvragen." in done) is asked


def test_one_that_was_closed_by_mistake_counts_again(
    registered: None, sluis: Sluis, demo: Demo
) -> None:
    with Session(make_engine(settings.load(demo.config, {}).database.url)) as session:
        with writing(session):
            records.organisation_at(session, OFFICE).suspended_at = START
        assert "suspended    yes" in sluis("organisation", "show", OFFICE).output
        done = sluis("organisation", "restore", OFFICE, "--yes")
        assert done.exit_code == 0 and f"{OFFICE} counts again" in done.output
        assert "suspended    no" in sluis("organisation", "show", OFFICE).output
        session.get_bind().dispose()
    done = sluis("organisation", "restore", BAKERY, "--yes")
    assert done.exit_code == 2 and "it is not closed" in done.output
    sluis("organisation", "merge", BAKERY, OFFICE, "--yes")
    done = sluis("organisation", "restore", BAKERY, "--yes")
    assert done.exit_code == 2 and "went up in another" in done.output
    done = sluis("organisation", "restore", OFFICE, "--yes")
    assert done.exit_code == 2 and "it is not closed" in done.output
