"""Operators hear of metadata before they end, when an address fails for long, and when something
waits for them; each of it once.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from admin.metadata import alarms
from admin.operators.roles import OperatorRole, assign
from directory.people import Person
from keys.certificates import to_pem
from state.outbox import OutboxRow
from state.outgoing import OutgoingFailed
from tests.admin.metadata.conftest import Installed
from tests.admin.metadata.publishing import document, makelaar
from tests.clocks import START
from tests.deliveries import deliver_due
from tests.providers.saml.maker import certificate

DAY = timedelta(days=1).total_seconds()


def operator(installed: Installed, name: str, role: OperatorRole, locale: str = "nl") -> None:
    def make(session: object) -> None:
        session.add(  # type: ignore[attr-defined]
            Person(
                id=name,
                display_name=name,
                email=f"{name}@sluis.example",
                locale=locale,
                created_at=START,
            )
        )
        session.flush()  # type: ignore[attr-defined]
        assign(session, name, [role], START)  # type: ignore[arg-type]

    installed.in_session(make)


class _Post:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, message_id: str, message: object) -> None:
        self.sent.append((message.recipient, message.subject, message.text))  # type: ignore[attr-defined]


def mails(installed: Installed) -> list[tuple[str, str, str]]:
    post, process = _Post(), installed.process
    deliver_due(process.sessions, process.sealer, post, process.clock)  # type: ignore[arg-type]
    return post.sent


def told(installed: Installed) -> list[tuple[str, int | None]]:
    with capture_logs() as logs:
        alarms.tell_due(installed.process)
    return [(one["event"], one.get("days")) for one in logs]


def test_ninety_thirty_and_seven_days_before_the_end_and_at_it(installed: Installed) -> None:
    operator(installed, "robin", OperatorRole.CONFIGURATOR)
    given = document("makelaar", until=100 * DAY)
    installed.register(makelaar(metadata=given))
    found = []
    for day in range(102):
        installed.clock.now = START + timedelta(days=day)
        found += [(day, *one) for one in told(installed)]
        assert told(installed) == []  # not twice
    assert found == [
        (10, "metadata.ends", 90),
        (70, "metadata.ends", 30),
        (93, "metadata.ends", 7),
        (100, "metadata.ends", 0),
    ]
    sent = mails(installed)
    assert [to for to, _, _ in sent] == ["robin@sluis.example"] * 4
    assert "Polderpoort (polderpoort): de metadata of het laatste certificaat" in sent[0][2]
    assert "eindigen op 10 februari 2027" in sent[0][2]
    assert "eindigden op 10 februari 2027" in sent[3][2]


def test_the_last_certificate_counts_as_well(installed: Installed) -> None:
    installed.register(makelaar(metadata=document("makelaar")))
    end = certificate("makelaar").not_valid_after_utc
    installed.clock.now = end - timedelta(days=6)
    assert told(installed) == [("metadata.ends", 6)]
    installed.register(makelaar(metadata=document("makelaar", "other")))
    assert told(installed) == [("metadata.ends", 6)]  # other metadata: told anew


def test_what_was_renewed_is_told_of_its_new_end(installed: Installed) -> None:
    installed.begin(document("makelaar", until=5 * DAY))
    assert told(installed) == [("metadata.ends", 5)]
    installed.look(document("makelaar", until=100 * DAY), after=DAY)
    assert told(installed) == []
    installed.clock.now = START + timedelta(days=95)
    assert told(installed) == [("metadata.ends", 5)]


def test_what_holds_for_two_days_at_each_look_is_told_once(installed: Installed) -> None:
    """As python3-saml publishes it: an hour later it ends an hour later, and no mail each hour."""
    operator(installed, "robin", OperatorRole.CONFIGURATOR)
    installed.begin(document("makelaar", until=2 * DAY))
    found = told(installed)
    for hour in range(1, 49):
        installed.look(document("makelaar", until=2 * DAY + hour * 3600), after=3600)
        found += told(installed)
    assert found == [("metadata.ends", 2)]
    assert len(mails(installed)) == 1
    installed.clock.advance(2 * DAY + 1)
    assert told(installed) == [("metadata.ends", 0)], "that it ended is news"


def test_an_address_that_fails_for_a_day_is_told_once(installed: Installed) -> None:
    operator(installed, "robin", OperatorRole.CONFIGURATOR, "en")
    installed.begin()
    installed.look(OutgoingFailed("no_answer"))
    installed.clock.advance(DAY - 1)
    assert told(installed) == []
    installed.clock.advance(1)
    assert told(installed) == [("metadata.fails_for_long", None)]
    assert told(installed) == []
    ((to, subject, text),) = mails(installed)
    assert (to, subject) == ("robin@sluis.example", "Metadata need your attention")
    assert "no new metadata could be fetched" in text
    installed.look(document("makelaar"), after=DAY)
    installed.look(OutgoingFailed("no_answer"), after=DAY)
    installed.clock.advance(2 * DAY)
    assert told(installed) == [("metadata.fails_for_long", None)]  # another time


def test_what_waits_is_told_at_once_to_who_can_approve(installed: Installed) -> None:
    operator(installed, "robin", OperatorRole.CONFIGURATOR)
    operator(installed, "vera", OperatorRole.VIEWER)
    installed.begin()
    installed.look(document("next"))
    ((to, _, text),) = mails(installed)
    assert to == "robin@sluis.example"
    assert "Polderpoort (polderpoort): nieuwe sleutels of adressen wachten" in text
    assert "sluis metadata status" in text and "https://sluis.example" in text
    installed.look()
    assert mails(installed) == []


def test_who_lets_something_else_wait_at_every_look_sends_one_mail_a_day(
    installed: Installed,
) -> None:
    operator(installed, "robin", OperatorRole.CONFIGURATOR)
    installed.begin()
    for number in range(20):
        installed.look(document(f"other-{number % 2}", "makelaar"), after=3600)
    assert len(mails(installed)) == 1
    for number in range(10):
        installed.look(document(f"other-{number % 2}", "makelaar"), after=3600)
    assert len(mails(installed)) == 1


@pytest.mark.parametrize("signer", [None, "federation"])
def test_what_is_taken_is_no_mail(installed: Installed, signer: str | None) -> None:
    operator(installed, "robin", OperatorRole.CONFIGURATOR)
    pem = to_pem(certificate("federation"))
    trust = {"metadata_signing_certificate": pem} if signer else {"metadata_trust_tls": True}
    installed.begin(document("makelaar", signer=signer), **trust)
    installed.look(document("next", signer=signer))
    with installed.process.sessions() as session:
        assert session.scalars(select(OutboxRow.id)).all() == []
