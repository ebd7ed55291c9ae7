"""How invoices go is changed by an administrator: told at the old address and the new one, in the
audit, and handed on; an account number is sealed and shown masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginNotEnough
from admin.organisations import billing, billing_rules
from admin.organisations.billing import BillingAround
from admin.organisations.billing_rules import BillingChange, BillingFault, BillingRefused
from assurance.levels import AssuranceLevel
from directory import billing as invoices
from directory.billing import Billing, InvoicesBy, PaidBy
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import Message
from tests.clocks import START
from tests.databases import make_database
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

IBAN = "NL91ABNA0417164300"
C, F = BillingChange, BillingFault


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
            for name, role in (("jan", Role.ADMINISTRATOR), ("roos", Role.MEMBER)):
                made.add(
                    Person(
                        id=name,
                        display_name=name,
                        email=f"{name}@x.example",
                        locale="en" if name == "jan" else "nl",
                        created_at=START,
                    )
                )
                made.flush()
                made.add(
                    Membership(person_id=name, organisation_id="bakery", role=role, since=START)
                )
        yield made


def around(by: str = "jan", age: timedelta = timedelta()) -> BillingAround:
    login = DeciderLogin(AssuranceLevel.EH3, START - age)
    return BillingAround(
        "bakery", Actor.administrator(by), login, make_sealer(), START, hands_on=True
    )


def change(session: Session, what: BillingChange, typed: str = "", by: str = "jan") -> Billing:
    with writing(session):
        return billing.change(session, around(by), what, typed)


def sent(session: Session, channel: str) -> list[Message]:
    return [one for one in waiting_in(session, make_sealer()) if one.channel == channel]


@pytest.mark.parametrize(
    ("what", "typed", "kept"),
    [
        (C.ACCOUNT, IBAN, IBAN),
        (C.ACCOUNT, " nl91 abna 0417 1643 00 ", IBAN),
        (C.ACCOUNT, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (C.ACCOUNT, "IBAN: NL91 ABNA 0417 1643 00", IBAN),
        (C.ACCOUNT, "NL91\N{NO-BREAK SPACE}ABNA\N{NO-BREAK SPACE}0417164300", IBAN),
        (C.ACCOUNT, "\N{LEFT-TO-RIGHT EMBEDDING}NL91ABNA0417164300", IBAN),
        (C.ACCOUNT, "IBAN", F.NO_IBAN),
        (C.ACCOUNT, "NL91 ABNA O417 1643 00", F.NO_IBAN),
        (C.ACCOUNT, "NL91ABNA0417164301", F.NO_IBAN),
        (C.ACCOUNT, "NL91ABNA04171643", F.NO_IBAN),
        (C.ACCOUNT, "417164300", F.NO_IBAN),
        (C.ACCOUNT, "", F.NO_IBAN),
        (C.ADDRESS, " facturen@Bakker.example ", "facturen@bakker.example"),
        (C.ADDRESS, "facturen", F.NO_EMAIL),
        (C.ADDRESS, "a@b.example\r\nBcc: c@d.example", F.NO_EMAIL),
        (C.ADDRESS, "", F.NO_EMAIL),
    ],
)
def test_what_is_typed_is_read_or_refused(
    what: BillingChange, typed: str, kept: str | BillingFault
) -> None:
    if not isinstance(kept, BillingFault):
        assert billing_rules.read(what, typed) == kept
        return
    with pytest.raises(BillingRefused) as refused:
        billing_rules.read(what, typed)
    assert refused.value.why is kept


@pytest.mark.parametrize(
    ("what", "facts", "fault"),
    [
        (C.BY_MAIL, {}, F.ADDRESS_FIRST),
        (C.BY_MAIL, {"invoice_email": "a@b.example"}, None),
        (C.BY_MAIL, {"invoice_email": "a@b.example", "invoices_by": InvoicesBy.MAIL}, F.SAME),
        (C.BY_DEBIT, {}, F.ACCOUNT_FIRST),
        (C.BY_DEBIT, {"iban": b"x"}, None),
        (C.BY_DEBIT, {"iban": b"x", "paid_by": PaidBy.DEBIT}, F.SAME),
        (C.ACCOUNT, {"paid_by": PaidBy.DEBIT}, None),
    ],
)
def test_a_switch_needs_what_it_leads_to_and_goes_one_way(
    what: BillingChange, facts: dict[str, object], fault: BillingFault | None
) -> None:
    assert billing_rules.fault(what, Billing(organisation_id="bakery", **facts)) is fault


def test_an_account_number_is_sealed_and_shown_masked(session: Session) -> None:
    row = change(session, C.ACCOUNT, IBAN)
    assert row.iban is not None and b"0417164300" not in row.iban
    assert billing.account_of(row, make_sealer()) == IBAN
    assert billing_rules.masked(row.iban_end) == "•••• 4300"
    (mail,) = sent(session, "mail")
    assert mail.recipient == "jan@x.example" and "The account number is •••• 4300" in mail.text
    (event,) = audit.recent(session, tags=[EventTag.BILLING_CHANGED])
    assert (event.person_id, event.reason, event.details) == (
        "jan",
        "rekeningnummer",
        {"version": 1},
    )


def test_both_addresses_hear_of_another_one(session: Session) -> None:
    change(session, C.ADDRESS, "oud@x.example")
    change(session, C.ADDRESS, "nieuw@x.example")
    told = [(one.recipient, "nieuw@x.example" in one.text) for one in sent(session, "mail")][2:]
    assert sorted(told) == [
        ("jan@x.example", True),
        ("nieuw@x.example", True),
        ("oud@x.example", True),
    ]


def test_whoever_sends_invoices_gets_all_of_it_each_time(session: Session) -> None:
    change(session, C.ADDRESS, "facturen@x.example")
    change(session, C.ACCOUNT, IBAN)
    change(session, C.BY_MAIL)
    row = change(session, C.BY_DEBIT)
    assert (row.invoices_by, row.paid_by, row.version) == (InvoicesBy.MAIL, PaidBy.DEBIT, 4)
    found = [json.loads(one.text) for one in sent(session, "invoicing")]
    last = max(found, key=lambda one: one["version"])
    assert last == {
        "organisation": "90001201",
        "name": "De Korenmolen",
        "changed": "automatische-incasso",
        "version": 4,
        "at": START.isoformat(),
        "iban": IBAN,
        "invoice_email": "facturen@x.example",
        "invoices_by": "mail",
        "paid_by": "debit",
        "contract_from": None,
        "contract_until": None,
    }


def test_the_contract_is_set_by_who_runs_the_installation(session: Session) -> None:
    by_command = replace(around(), actor=COMMAND_LINE, login=None)
    with writing(session):
        billing.set_contract(session, by_command, date(2026, 1, 1), date(2028, 12, 31))
    row = invoices.billing_of(session, "bakery")
    assert (row.contract_from, row.contract_until) == (date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("by", "age", "error"),
    [
        ("roos", timedelta(), NotAdministrator),
        ("jan", timedelta(hours=1), LoginNotEnough),
    ],
)
def test_who_may_not_changes_nothing(
    session: Session, by: str, age: timedelta, error: type[Exception]
) -> None:
    with pytest.raises(error), writing(session):
        billing.change(session, around(by, age), C.ACCOUNT, IBAN)
    assert invoices.billing_of(session, "bakery").iban is None


@pytest.mark.parametrize(("what", "typed"), [(C.ACCOUNT, IBAN), (C.ADDRESS, "a@x.example")])
def test_the_same_again_is_no_change(session: Session, what: BillingChange, typed: str) -> None:
    change(session, what, typed)
    with pytest.raises(BillingRefused) as refused:
        change(session, what, typed)
    assert refused.value.why is F.SAME
    assert invoices.billing_of(session, "bakery").version == 1
