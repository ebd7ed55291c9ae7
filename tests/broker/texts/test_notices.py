"""Notices of a changed factor: in the person's language, to what was known before, without a
secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.factors import FactorKind
from broker.texts import notices
from broker.texts.notices import Change, Told
from broker.texts.outside_request import texts
from directory.people import Person
from state.outbox import Message, OutboxRow
from tests.broker.examples import ISSUER
from tests.clocks import START
from tests.databases import make_database
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
NUMBER = "+31612345678"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with texts(), Session(engine) as opened:
        yield opened
    engine.dispose()


def person(locale: str = "nl", email: str | None = "jan@voorbeeld.example") -> Person:
    return Person(id="jan", display_name="Jan", email=email, locale=locale, created_at=START)


def sent(session: Session) -> list[Message]:
    session.flush()
    rows = session.scalars(select(OutboxRow)).all()
    opened = [SEALER.open(row.sealed or b"", f"outbox:{row.id}") for row in rows]
    found = [TypeAdapter(Message).validate_json(one) for one in opened]
    return sorted(found, key=lambda message: (message.channel, message.recipient))


def tell(session: Session, change: Change, who: Person, old_number: str | None = None) -> None:
    notices.tell(
        session,
        SEALER,
        who,
        change,
        FactorKind.SMS,
        base_url=ISSUER,
        now=START,
        old_number=old_number,
    )


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize(
    ("locale", "name", "not_you"),
    [("nl", "Code per sms", "Was u dit niet zelf?"), ("en", "text message", "Was this not you?")],
)
def test_a_change_is_told_by_mail_with_what_to_do_when_it_was_somebody_else(
    session: Session, change: Change, locale: str, name: str, not_you: str
) -> None:
    tell(session, change, person(locale))
    (mail,) = sent(session)
    assert (mail.channel, mail.recipient) == ("mail", "jan@voorbeeld.example")
    assert all(part in mail.text for part in (name, not_you, f"{ISSUER}/mijn/inlogmiddelen"))


@pytest.mark.parametrize(
    ("email", "old", "channels"),
    [
        ("jan@voorbeeld.example", NUMBER, ["mail", "sms"]),
        (None, NUMBER, ["sms"]),
        (None, None, []),
    ],
)
def test_the_number_that_gets_no_codes_any_more_is_told_and_named_nowhere(
    session: Session, email: str | None, old: str | None, channels: list[str]
) -> None:
    tell(session, Change.REMOVED, person(email=email), old)
    found = sent(session)
    assert [message.channel for message in found] == channels
    assert not any(NUMBER in message.subject + message.text for message in found)


def test_a_reset_is_told_everywhere_that_was_known_before_it(session: Session) -> None:
    told = Told("en", ("a@voorbeeld.example", "b@voorbeeld.example"), (NUMBER,))
    kinds = [FactorKind.TOTP, FactorKind.PASSKEY]
    notices.tell_reset(session, SEALER, told, kinds, base_url=ISSUER, now=START)
    found = sent(session)
    assert [one.recipient for one in found] == [
        "a@voorbeeld.example",
        "b@voorbeeld.example",
        NUMBER,
    ]
    names = ", ".join(notices.kind_name(kind) for kind in kinds)
    assert names == "App met codes, Passkey"  # in the language of the moment, not of the reader
    assert all("Passkey" in one.text and "App met codes" not in one.text for one in found)


OUT = {"nl": "Mijn sessies, dan Log overal uit", "en": "My sessions, then Log out everywhere"}


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize(
    "mail",
    [
        lambda session, who: tell(session, Change.REMOVED, who) or sent(session)[0],
        lambda _session, who: notices.address_changed(ISSUER, who, "old@a.example"),
        lambda _session, who: notices.new_browser(
            ISSUER, who, at=START, service="Meldpunt", way="Zekerweg", reference="AB12CD34"
        ),
    ],
)
def test_who_is_warned_hears_in_words_where_to_log_out_everywhere(
    session: Session, mail: Callable[[Session, Person], Message], locale: str
) -> None:
    found = mail(session, person(locale))
    assert OUT[locale] in found.text
    assert "/mijn/sessies" not in found.text  # no link in a mail leads there: thieves send those


def test_the_old_address_is_told_that_it_is_the_old_one(session: Session) -> None:
    message = notices.address_changed(
        ISSUER, person("en", "new@voorbeeld.example"), "old@a.example"
    )
    assert message.recipient == "old@a.example"
    assert "new@voorbeeld.example" not in message.text and ISSUER in message.text


def test_a_login_in_a_new_browser_is_told_with_time_place_and_code(session: Session) -> None:
    message = notices.new_browser(
        ISSUER, person(), at=START, service="Meldpunt", way="Zekerweg", reference="AB12CD34"
    )
    assert message.reference == "AB12CD34"
    for part in ("2 november 2026, 10.00 uur", "Meldpunt", "Zekerweg", "AB12-CD34", "/mijn/logins"):
        assert part in message.text


def test_every_kind_of_factor_has_a_name_of_its_own(session: Session) -> None:
    assert len({notices.kind_name(kind) for kind in FactorKind}) == len(FactorKind)


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_nobody_is_told_of_an_account_that_they_may_not_have(session: Session, locale: str) -> None:
    who = person(locale)
    for change in Change:
        tell(session, change, who, NUMBER)
    told = Told(locale, ("b@voorbeeld.example",), (NUMBER,))
    notices.tell_reset(session, SEALER, told, [FactorKind.TOTP], base_url=ISSUER, now=START)
    found = sent(session)
    found += [
        notices.address_changed(ISSUER, who, "old@a.example"),
        notices.new_browser(
            ISSUER, who, at=START, service="Meldpunt", way="Zekerweg", reference="AB12CD34"
        ),
        notices.recovery_code_used(
            "a@a.example", 9, "AB12CD34", at=START, service="Meldpunt", base_url=ISSUER
        ),
    ]
    assert not [one for one in found if "account" in (one.subject + one.text).lower()]


def test_a_recovery_code_that_was_used_is_told_with_time_place_and_what_is_left(
    session: Session,
) -> None:
    message = notices.recovery_code_used(
        "a@a.example", 9, "AB12CD34", at=START, service="Meldpunt", base_url=ISSUER
    )
    for part in ("2 november 2026, 10.00 uur", "Meldpunt", " 9.", f"{ISSUER}/mijn/inlogmiddelen"):
        assert part in message.text, part
