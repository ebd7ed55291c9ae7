"""Own accounts: who is named, when a password counts, and how guessing is slowed down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from directory.people import Person
from providers import accounts, browser_counts, password_check, pauses
from providers.accounts import Account, NameRefused, Right, WrongPassword
from providers.browser_counts import AccountBrowser, KnownBrowser
from providers.passwords import PasswordRefused, hash_of
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.databases import make_database

L = AssuranceLevel
PASSWORD = "een fiets zonder bel"
HASH = hash_of(PASSWORD)


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path)) as session:
        with writing(session):
            for number, name in enumerate(("daan", "eva")):
                session.add(Person(id=name, display_name=name, created_at=START))
                session.flush()
                session.add(
                    Account(
                        person_id=name,
                        user_name=name,
                        email=f"{name}@voorbeeld.example",
                        level=L.EH2 if number else L.EMAIL,
                        password_hash=HASH,
                        created_at=START,
                    )
                )
        yield session


def _try(
    sql: Session,
    name: str,
    password: str = PASSWORD,
    at: datetime = START,
    browser: KnownBrowser | None = None,
) -> Right | WrongPassword:
    return password_check.verify(sql, name=name, password=password, now=at, browser=browser)


@pytest.mark.parametrize(
    "name", ["daan", "Daan", " DAAN ", "daan@voorbeeld.example", "Daan@Voorbeeld.Example"]
)
def test_A_15_one_account_however_its_name_is_spelled(sql: Session, name: str) -> None:
    found = _try(sql, name)
    assert isinstance(found, Right)
    assert (found.person_id, found.level, found.must_replace) == ("daan", L.EMAIL, False)


@pytest.mark.parametrize(
    "name",
    [
        "d\u0430an",  # a Cyrillic letter
        "daan@b@c",
        "daan@voorbeeld.example\r\nBcc: x@y.example",
        "daan+tag@voorbeeld.example",
        "daan@voorb\u0435eld.example",
        "",
        "\x00",
        "x" * 10_000,
    ],
)
def test_A_15_what_only_looks_like_it_names_nobody(sql: Session, name: str) -> None:
    assert _try(sql, name) == WrongPassword("unknown")


@pytest.mark.parametrize("text", ["ab", "a b c", "d\u0430an", "x" * 65, "a@b"])
def test_A_15_a_user_name_has_plain_letters(text: str) -> None:
    with pytest.raises(NameRefused):
        accounts.canonical_user_name(text)
    assert accounts.canonical_user_name("Jan.de-Vries_2") == "jan.de-vries_2"


def test_two_accounts_never_share_a_name(sql: Session) -> None:
    with pytest.raises(IntegrityError), writing(sql):
        sql.add(Person(id="x", display_name="", created_at=START))
        sql.flush()
        sql.add(
            Account(
                person_id="x", user_name="x1", email="daan@voorbeeld.example", level=L.EMAIL,
                created_at=START,
            )
        )  # fmt: skip


def test_A_14_wrong_passwords_make_a_pause_that_ends_by_itself(sql: Session) -> None:
    for _ in range(pauses.FREE_TRIES):
        assert _try(sql, "daan", "verkeerd woord") == WrongPassword("password", "daan")
    assert _try(sql, "daan") == WrongPassword("paused", "daan")
    assert isinstance(_try(sql, "eva"), Right)
    assert isinstance(_try(sql, "daan", at=START + timedelta(seconds=61)), Right)


def test_A_14_each_pause_is_longer_and_never_longer_than_a_quarter_of_an_hour(sql: Session) -> None:
    at, found = START, []
    for _ in range(5):
        for _ in range(pauses.FREE_TRIES):
            _try(sql, "daan", "verkeerd woord", at)
        until = sql.get_one(Account, _id(sql, "daan"), populate_existing=True).paused_until
        assert until is not None
        found.append(until - at)
        at = until
    assert found == [*pauses.PAUSES, pauses.PAUSES[-1], pauses.PAUSES[-1]]
    assert isinstance(_try(sql, "daan", at=at), Right)


def test_the_right_password_ends_the_count(sql: Session) -> None:
    for _ in range(3):
        for _ in range(pauses.FREE_TRIES - 1):
            _try(sql, "daan", "verkeerd woord")
        assert isinstance(_try(sql, "daan"), Right)


def test_during_a_pause_nothing_is_counted(sql: Session) -> None:
    for _ in range(pauses.FREE_TRIES * 4):
        _try(sql, "daan", "verkeerd woord")
    assert isinstance(_try(sql, "daan", at=START + timedelta(seconds=61)), Right)


HOME, WORK = KnownBrowser("daan", "a" * 16), KnownBrowser("daan", "b" * 16)


def _wrong(
    sql: Session, browser: KnownBrowser | None = None, times: int = pauses.FREE_TRIES
) -> None:
    for _ in range(times):
        _try(sql, "daan", "verkeerd woord", browser=browser)


def test_A_14_strangers_keep_nobody_out_of_a_browser_that_knows_them(sql: Session) -> None:
    _wrong(sql, times=12)
    assert _try(sql, "daan") == WrongPassword("paused", "daan")
    assert isinstance(_try(sql, "daan", browser=HOME), Right)
    assert _try(sql, "daan") == WrongPassword("paused", "daan"), "theirs counts on"


@pytest.mark.parametrize("other", [None, WORK])
def test_A_14_a_browser_that_knows_somebody_has_pauses_and_an_end_of_its_own(
    sql: Session, other: KnownBrowser | None
) -> None:
    _wrong(sql, HOME)
    assert _try(sql, "daan", browser=HOME) == WrongPassword("paused", "daan")
    assert isinstance(_try(sql, "daan", browser=other), Right), "nobody is kept out elsewhere"
    _try(sql, "daan", "verkeerd woord", browser=HOME)  # during the pause: not counted
    later = START + timedelta(seconds=61)
    assert isinstance(_try(sql, "daan", at=later, browser=HOME), Right)
    assert sql.scalars(select(AccountBrowser)).all() == []
    paused = audit.recent(sql, tags=[EventTag.ACCOUNT_PAUSED])
    assert [event.details for event in paused] == [{"failures": 5, "own_browser": True}]


def test_A_14_each_pause_in_a_known_browser_is_longer_as_elsewhere(sql: Session) -> None:
    at, found = START, []
    for _ in range(4):
        for _ in range(pauses.FREE_TRIES):
            _try(sql, "daan", "verkeerd woord", at, HOME)
        until = sql.scalars(select(AccountBrowser.paused_until)).one()
        assert until is not None
        found.append(until - at)
        at = until
    assert found == [*pauses.PAUSES, pauses.PAUSES[-1]]


def test_A_14_a_browser_of_somebody_else_has_no_count_of_its_own(sql: Session) -> None:
    _wrong(sql, KnownBrowser("eva", "c" * 16))
    assert _try(sql, "daan") == WrongPassword("paused", "daan")
    assert _try(sql, "daan", browser=KnownBrowser("eva", "c" * 16)) == _try(sql, "daan")


def test_a_new_password_and_time_end_the_count_of_a_browser(sql: Session) -> None:
    _wrong(sql, HOME)
    _replace(sql, _id(sql, "daan"), "een boot zonder water")
    assert isinstance(_try(sql, "daan", "een boot zonder water", browser=HOME), Right)
    _wrong(sql, HOME, times=1)
    with writing(sql):
        assert browser_counts.purge(sql, START) == 0
        assert browser_counts.purge(sql, START + timedelta(seconds=1)) == 1


def test_a_temporary_password_is_good_for_a_week_and_must_be_replaced(sql: Session) -> None:
    with writing(sql):
        account = sql.get_one(Account, _id(sql, "daan"))
        accounts.set_password(sql, account, "tijdelijk woord 1", START, temporary=True)
    found = _try(sql, "daan", "tijdelijk woord 1", START + timedelta(days=6))
    assert isinstance(found, Right) and found.must_replace
    over = _try(sql, "daan", "tijdelijk woord 1", START + timedelta(days=7))
    assert over == WrongPassword("temporary_password_over", "daan")
    _replace(sql, found.account_id, PASSWORD)
    after = _try(sql, "daan")
    assert isinstance(after, Right) and not after.must_replace


@pytest.mark.parametrize(
    ("text", "why"),
    [("mijn naam is daan!", "names_you"), ("kort", "too_short"), (PASSWORD, "the_same")],
)
def test_a_bad_replacement_changes_nothing(sql: Session, text: str, why: str) -> None:
    with pytest.raises(PasswordRefused, match=why):
        _replace(sql, _id(sql, "daan"), text)
    assert isinstance(_try(sql, "daan"), Right)


def test_an_account_that_ended_is_unknown_but_to_who_knows_its_password(sql: Session) -> None:
    with writing(sql):
        sql.get_one(Account, _id(sql, "daan")).ended_at = START
    assert _try(sql, "daan") == WrongPassword("ended")
    assert _try(sql, "daan", "another long sentence") == WrongPassword("unknown")


@pytest.mark.parametrize(
    ("level", "proofing", "authentication", "own_means"),
    [
        (L.EMAIL, L.EMAIL, L.EMAIL, None),
        (L.EH2, L.EH2, L.EH2, L.EH2),
        (L.EH2_PLUS, L.EH2_PLUS, L.EH2, L.EH2_PLUS),
        (L.EH3, L.EH3, L.EH2, L.EH3),
    ],
)
def test_what_a_password_gives(
    level: L, proofing: L, authentication: L, own_means: L | None
) -> None:
    identity = accounts.identity_of(Right("a", "p", level, must_replace=False), START)
    assert (identity.proofing, identity.authentication) == (proofing, authentication)
    assert identity.own_means == own_means
    assert (identity.provider_id, identity.subject) == ("sluis", "a")


def _replace(sql: Session, account_id: str, text: str) -> None:
    new = accounts.new_password(sql, account_id, text)
    with writing(sql):
        assert accounts.keep_password(sql, account_id, new, START, not_after=START)


def _id(sql: Session, name: str) -> str:
    account = accounts.named(sql, name)
    assert account is not None
    return account.id
