"""What a document names no more ends, where a document had given it; what was given on a screen
stays, and is listed as such.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.apply import RightsTaken
from admin.registrations.documents import DocumentsRefused
from assurance.factors import BoundBy, Factor, FactorKind
from assurance.levels import AssuranceLevel
from assurance.second_factor import bind_sms, bind_totp
from broker.settings import Settings
from directory.organisations import Establishment, Organisation
from directory.origin import Origin
from directory.people import ExternalIdentity, Membership, Person, Role, subject_hash
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.registrations.documents import (
    BAKERY,
    GARDEN,
    MAKELAAR,
    PERSON,
    SERVICE,
    applied,
    mandate,
    outcomes,
)
from tests.clocks import START
from tests.keys_for_tests import make_sealer

SUBJECT = "vh-roos"
IDENTITY = {"provider": "veerhuis", "subject": SUBJECT}
AT_BAKERY = {"kvk": BAKERY["kvk"], "role": "administrator"}
AT_GARDEN = {"kvk": GARDEN["kvk"], "role": "member"}
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def whole(session: Session, settings: Settings, tmp_path: Path) -> dict[str, Any]:
    """The document of Roos with everything that a document can give, applied."""
    for name, text in {
        "password": "een tijdelijk woord",
        "seed": SEED,
        "number": "+31612345678",
        "codes": "aaaa-bbbb-cccc-dddd\neeee-ffff-gggg-hhhh",
    }.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    document = {
        **PERSON,
        "identities": [IDENTITY],
        "organisations": [AT_BAKERY, AT_GARDEN],
        "account": {"user_name": "roos.w", "level": "EH3", "password_file": "password"},
        "totp_secret_file": "seed",
        "sms_number_file": "number",
        "otp_device": {"serial": "RS1", "seed_file": "seed"},
        "recovery_codes_file": "codes",
    }
    applied(session, settings, tmp_path, SERVICE, MAKELAAR, BAKERY, GARDEN, document)
    return document


def standing(session: Session) -> set[str]:
    """What Roos has now, in the words of a plan."""
    session.rollback()
    identities = session.scalars(select(ExternalIdentity).where(_of_roos(ExternalIdentity)))
    places = session.scalars(select(Membership).where(_of_roos(Membership)))
    accounts = session.scalars(select(Account).where(_of_roos(Account)))
    factors = session.scalars(select(Factor).where(_of_roos(Factor)))
    return {
        *(f"identity at {row.provider_id}" for row in identities),
        *(f"{row.role} of {row.organisation.kvk}" for row in places if row.until is None),
        *("account" for row in accounts if row.ended_at is None),
        *(f"factor {row.kind}" for row in factors if row.ended_at is None),
    }


def _of_roos(table: Any) -> Any:
    return table.person_id == "roos"


EVERYTHING = {
    "identity at veerhuis",
    "administrator of 90001201",
    "member of 90001639",
    "account",
    "factor totp",
    "factor sms",
    "factor otp_device",
    "factor recovery_codes",
}


@pytest.mark.parametrize(
    ("left_out", "ends"),
    [
        ({"identities": None}, {"identity at veerhuis"}),
        ({"organisations": [AT_GARDEN]}, {"administrator of 90001201"}),
        ({"organisations": [AT_BAKERY]}, {"member of 90001639"}),
        ({"organisations": None}, {"administrator of 90001201", "member of 90001639"}),
        ({"account": None}, {"account"}),
        ({"totp_secret_file": None}, {"factor totp"}),
        ({"sms_number_file": None}, {"factor sms"}),
        ({"otp_device": None}, {"factor otp_device"}),
        ({"recovery_codes_file": None}, {"factor recovery_codes"}),
        (
            dict.fromkeys(("identities", "account", "totp_secret_file")),
            {"identity at veerhuis", "account", "factor totp"},
        ),
    ],
    ids=lambda value: ",".join(sorted(value)) if isinstance(value, dict) else "",
)
def test_what_a_document_leaves_out_ends_and_comes_back_with_it(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    whole: dict[str, Any],
    left_out: dict[str, Any],
    ends: set[str],
) -> None:
    assert standing(session) == EVERYTHING
    less = {key: value for key, value in {**whole, **left_out}.items() if value is not None}
    (plan,) = outcomes(session, settings, tmp_path, less, dry_run=True)
    assert (plan.word, set(plan.takes)) == ("changed", ends)
    assert standing(session) == EVERYTHING
    with pytest.raises(RightsTaken) as refused:
        outcomes(session, settings, tmp_path, less)
    assert [outcome.name for outcome in refused.value.outcomes] == ["roos"]
    assert standing(session) == EVERYTHING
    (done,) = outcomes(session, settings, tmp_path, less, also_taking=True)
    assert set(done.takes) == ends
    assert standing(session) == EVERYTHING - ends
    (again,) = outcomes(session, settings, tmp_path, less)
    assert (again.word, again.takes, again.stays) == ("unchanged", (), ())
    (back,) = outcomes(session, settings, tmp_path, whole)
    assert (back.word, back.takes) == ("changed", ())
    assert standing(session) == EVERYTHING


@pytest.mark.parametrize(
    ("left_out", "tag", "details"),
    [
        ("identities", EventTag.IDENTITY_ENDED, {}),
        ("organisations", EventTag.MEMBERSHIP_ENDED, {"role": "administrator"}),
        ("account", EventTag.ACCOUNT_ENDED, {}),
        ("totp_secret_file", EventTag.FACTOR_REMOVED, {"kind": "totp"}),
    ],
)
def test_each_end_is_in_the_audit_with_who_applied_it(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    whole: dict[str, Any],
    left_out: str,
    tag: EventTag,
    details: dict[str, str],
) -> None:
    less = {key: value for key, value in whole.items() if key != left_out}
    applied(session, settings, tmp_path, less, also_taking=True)
    events = [
        event
        for event in audit.recent(session, tags=[tag])
        if details.items() <= dict(event.details).items()
    ]
    assert [(event.person_id, event.details["person"]) for event in events] == [("robin", "roos")]


def test_what_came_by_a_login_or_a_screen_stays_and_is_listed(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, SERVICE, MAKELAAR, BAKERY, PERSON)
    sealer = make_sealer()
    with writing(session):
        bakery = session.scalars(select(Organisation)).one()
        session.add_all(
            [
                ExternalIdentity(
                    provider_id="veerhuis",
                    subject_hash=subject_hash(sealer, "veerhuis", "other"),
                    person_id="roos",
                    created_at=START,
                ),
                Membership(
                    person_id="roos", organisation_id=bakery.id, role=Role.MEMBER, since=START
                ),
                Account(
                    person_id="roos", user_name="roos.w", level=AssuranceLevel.EH2, created_at=START
                ),
            ]
        )
        bind_totp(
            session,
            sealer,
            person_id="roos",
            seed=SEED,
            label="",
            now=START,
            bound_by=BoundBy.SESSION,
        )
    before = standing(session)
    (outcome,) = outcomes(session, settings, tmp_path, PERSON)
    assert (outcome.word, outcome.takes) == ("unchanged", ())
    assert outcome.stays == (
        "identity at veerhuis, since a login on 2026-11-02",
        "member of 90001201, since 2026-11-02",
        "account, made on 2026-11-02",
        "factor totp, added by the person on 2026-11-02",
    )
    assert standing(session) == before


@pytest.mark.parametrize("has", ["a place", "a mandate", "nothing"])
def test_what_a_document_names_is_the_documents_from_then_on(
    session: Session, settings: Settings, tmp_path: Path, has: str
) -> None:
    """Also an identity that a login made, and what was there before Sluis kept where it came
    from.
    """
    applied(session, settings, tmp_path, SERVICE, MAKELAAR, BAKERY, PERSON)
    sealer = make_sealer()
    with writing(session):
        session.add(Person(id="stranger", display_name="", created_at=START))
        session.flush()
        session.add(
            ExternalIdentity(
                provider_id="veerhuis",
                subject_hash=subject_hash(sealer, "veerhuis", SUBJECT),
                person_id="stranger",
                created_at=START,
            )
        )
        if has == "a place":
            bakery = session.scalars(select(Organisation)).one()
            session.add(
                Membership(
                    person_id="stranger", organisation_id=bakery.id, role=Role.MEMBER, since=START
                )
            )
        bind_sms(
            session,
            sealer,
            person_id="roos",
            number="+31612345678",
            bound_by=BoundBy.ADMINISTRATOR,
            now=START,
        )
    if has == "a mandate":
        applied(session, settings, tmp_path, mandate(person="stranger"))
    (tmp_path / "number").write_text("+31612345678")
    named = {**PERSON, "identities": [IDENTITY], "sms_number_file": "number"}
    (moved,) = outcomes(session, settings, tmp_path, named, also_taking=True)
    told = ("identity at veerhuis from stranger",)
    assert moved.takes == (() if has == "nothing" else told), "who only came by loses no right"
    assert moved.stays == ()
    (event,) = audit.recent(session, tags=[EventTag.IDENTITY_ENDED])
    assert event.details["person"] == "stranger"
    (gone,) = outcomes(session, settings, tmp_path, PERSON, also_taking=True)
    assert set(gone.takes) == {"identity at veerhuis", "factor sms"}
    assert standing(session) == set()


def test_a_factor_that_its_person_removed_does_not_come_back(
    session: Session, settings: Settings, tmp_path: Path, whole: dict[str, Any]
) -> None:
    with writing(session):
        (app,) = session.scalars(select(Factor).where(Factor.kind == FactorKind.TOTP))
        app.ended_at = START
    (outcome,) = outcomes(session, settings, tmp_path, whole)
    assert outcome.word == "unchanged"
    assert standing(session) == EVERYTHING - {"factor totp"}


def test_an_identity_at_a_makelaar_that_left_waits_for_it(
    session: Session, settings: Settings, tmp_path: Path, whole: dict[str, Any]
) -> None:
    from state import registrations
    from state.registrations import Kind

    with writing(session):
        registrations.withdraw(session, Kind.IDENTITY_PROVIDER, "veerhuis", START)
    without = {key: value for key, value in whole.items() if key != "identities"}
    (outcome,) = outcomes(session, settings, tmp_path, without)
    assert (outcome.word, outcome.takes) == ("unchanged", ())
    assert standing(session) == EVERYTHING


def test_one_identity_in_two_documents_is_refused(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    roos = {**PERSON, "identities": [IDENTITY]}
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, MAKELAAR, roos, {**roos, "id": "jan"})
    (line,) = refused.value.lines
    assert line.endswith("identities: one at veerhuis is that of roos")
    assert applied(
        session,
        settings,
        tmp_path,
        MAKELAAR,
        roos,
        {**roos, "id": "jan", "identities": [{"provider": "veerhuis", "subject": "vh-jan"}]},
    )


def test_a_lowered_role_is_taken_and_a_raised_one_is_not(
    session: Session, settings: Settings, tmp_path: Path, whole: dict[str, Any]
) -> None:
    member = {**whole, "organisations": [{**AT_BAKERY, "role": "member"}, AT_GARDEN]}
    (lowered,) = outcomes(session, settings, tmp_path, member, also_taking=True)
    assert lowered.takes == ("administrator of 90001201",)
    (raised,) = outcomes(session, settings, tmp_path, whole)
    assert (raised.word, raised.takes) == ("changed", ())
    events = audit.recent(session, tags=[EventTag.MEMBERSHIP_ENDED])
    assert [event.details["role"] for event in events] == ["administrator"]


def test_a_branch_that_its_organisation_names_no_more_ends_and_moves(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, BAKERY, GARDEN)
    first, second = BAKERY["establishments"]
    smaller = {**BAKERY, "establishments": [first]}
    (outcome,) = outcomes(session, settings, tmp_path, smaller)
    assert (outcome.word, outcome.takes) == ("changed", ())  # nobody acted there
    session.rollback()
    row = session.get_one(Establishment, second["number"])
    assert row.ended_at == START
    (event,) = audit.recent(session, tags=[EventTag.ESTABLISHMENT_ENDED])
    assert event.details == {"establishment": second["number"], "mandates": 0}
    assert applied(session, settings, tmp_path, {**GARDEN, "establishments": [second]})
    session.rollback()
    session.refresh(row)
    assert (row.organisation.kvk, row.ended_at) == (GARDEN["kvk"], None)


def test_a_day_in_a_document_is_a_whole_one(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    day = date(2026, 10, 25)  # of 25 hours
    identity = {**IDENTITY, "means_active_until": day}
    applied(session, settings, tmp_path, MAKELAAR, {**PERSON, "identities": [identity]})
    session.rollback()
    until = session.scalars(select(ExternalIdentity)).one().means_active_until
    assert until is not None
    assert until + timedelta(microseconds=1) == START.replace(month=10, day=25, hour=23, minute=0)
    assert session.scalars(select(ExternalIdentity)).one().origin is Origin.DOCUMENT
