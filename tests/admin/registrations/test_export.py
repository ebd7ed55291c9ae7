"""Export: what documents gave, as apply reads it, and no secret."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from admin.registrations.apply import RightsTaken
from admin.registrations.documents import DocumentsRefused
from admin.registrations.export import export
from assurance.second_factor import bind_totp
from broker.settings import Settings
from directory.people import Person
from keys.sealing import Sealer
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.registrations.documents import (
    BAKERY,
    GARDEN,
    MAKELAAR,
    PERSON,
    PORTAL,
    ROBIN,
    SERVICE,
    applied,
    chain,
    mandate,
    outcomes,
)
from tests.clocks import START
from tests.keys_for_tests import make_sealer

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ROOS = {
    **PERSON,
    "locale": "en",
    "identities": [
        {"provider": "veerhuis", "subject": "vh-1", "means_active_until": date(2027, 3, 28)},
        {"provider": "veerhuis", "subject": "vh-2"},
    ],
    "organisations": [{"kvk": "90001201", "role": "administrator", "level": "EH3"}],
    "account": {"user_name": "roos.w", "email": "roos@x.example", "level": "EH3"},
    "totp_secret_file": "seed",
}
EVERYTHING: tuple[dict[str, Any], ...] = (
    SERVICE,
    MAKELAAR,
    PORTAL,
    BAKERY,
    GARDEN,
    ROOS,
    {**PERSON, "id": "jan", "email": None, "blocked": True},
    mandate(),
    mandate(branches=["000090012021"], until="2028-02-29", **{"from": "2026-10-25T02:30:00Z"}),
    mandate(service=None, person="jan"),
    chain(),
)


@pytest.fixture
def everything(session: Session, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "seed").write_text(SEED, encoding="ascii")
    applied(session, settings, tmp_path, *EVERYTHING)


def exported(session: Session, *kinds: str, sealer: Sealer | None = None) -> str:
    text = export(session, sealer or make_sealer(), kinds, actor=ROBIN, now=START)
    session.rollback()
    return text


def test_of_nothing_there_is_nothing(session: Session) -> None:
    assert exported(session) == "# Nothing is registered.\n"
    assert audit.recent(session) == []


@pytest.mark.usefixtures("everything")
def test_what_is_exported_is_what_applies(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    text = exported(session)
    documents = list(yaml.safe_load_all(text))
    kinds = [document["kind"] for document in documents]
    assert kinds == [
        *("Client", "IdentityProvider", "Service"),
        *("Organisation", "Organisation", "Person", "Person"),
        *("Mandate", "Mandate", "Mandate", "ChainMandate"),
    ]
    found = outcomes(session, settings, tmp_path, *documents)
    assert [(one.word, one.takes, one.stays) for one in found] == [("unchanged", (), ())] * 11
    assert exported(session) == text


@pytest.mark.usefixtures("everything")
def test_what_is_exported_makes_the_same_in_an_empty_database(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    """With the same master key; secrets of factors and passwords are not in it."""
    text = exported(session)
    with writing(session):
        _empty(session)
    documents = list(yaml.safe_load_all(text))
    found = outcomes(session, settings, tmp_path, *documents)
    assert {outcome.word for outcome in found} == {"created"}
    roos = next(d for d in documents if d.get("id") == "roos")
    assert roos.pop("keeps") == ["totp"]
    again = [d for d in yaml.safe_load_all(exported(session)) if d["kind"] != "Mandate"]
    assert again == [d for d in documents if d["kind"] != "Mandate"]


def _empty(session: Session) -> None:
    from state.db import Base

    for table in reversed(Base.metadata.sorted_tables):
        if table.name != "audit_event":
            session.execute(table.delete())
    session.expire_all()


@pytest.mark.usefixtures("everything")
def test_no_secret_and_no_subject_is_in_it(session: Session) -> None:
    text = exported(session)
    for secret in (SEED, "vh-1", "vh-2", "password"):
        assert secret not in text
    assert "subject_hash: " in text and "until: 2028-02-29\n" in text


@pytest.mark.usefixtures("everything")
def test_without_its_factors_an_exported_person_loses_them(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    (roos,) = [d for d in yaml.safe_load_all(exported(session)) if d.get("id") == "roos"]
    del roos["keeps"]
    with pytest.raises(RightsTaken) as taken:
        outcomes(session, settings, tmp_path, roos)
    assert taken.value.outcomes[0].takes == ("factor totp",)


@pytest.mark.usefixtures("everything")
def test_one_kind_can_be_asked_and_people_make_it_an_event(session: Session) -> None:
    assert {d["kind"] for d in yaml.safe_load_all(exported(session, "Service"))} == {"Service"}
    assert audit.recent(session, tags=[EventTag.EXPORT_MADE]) == []
    text = exported(session, "Person", "Mandate")
    assert {d["kind"] for d in yaml.safe_load_all(text)} == {"Person", "Mandate"}
    (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.person_id == "robin"
    assert event.details == {"kind": "registrations", "documents": 5}


@pytest.mark.usefixtures("everything")
def test_what_stays_beside_stands_there_as_a_comment_and_who_only_logged_in_does_not(
    session: Session,
) -> None:
    with writing(session):
        session.add(Person(id="stranger", display_name="Iemand", created_at=START))
        bind_totp(session, make_sealer(), person_id="jan", seed=SEED, label="", now=START)
    text = exported(session, "Person")
    line = "# stays, in no document: factor totp, bound by an administrator on 2026-11-02"
    assert f"{line}\nkind: Person\nid: jan\n" in text
    assert "stranger" not in text


@pytest.mark.usefixtures("everything")
def test_the_identities_of_another_installation_are_refused(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    other = Sealer(b"another master key of 32 bytes!!")
    text = exported(session, "Person", sealer=other)
    with pytest.raises(DocumentsRefused) as refused:
        outcomes(session, settings, tmp_path, *yaml.safe_load_all(text))
    assert "another master key; write the subject" in refused.value.lines[0]


@pytest.mark.parametrize(
    "identity",
    [
        {"provider": "veerhuis"},
        {"provider": "veerhuis", "subject": "x", "subject_hash": f"{'0' * 8}.{'0' * 64}"},
        {"provider": "veerhuis", "subject_hash": "0" * 64},
    ],
)
def test_an_identity_has_one_name(
    session: Session, settings: Settings, tmp_path: Path, identity: dict[str, str]
) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        applied(session, settings, tmp_path, MAKELAAR, {**PERSON, "identities": [identity]})
    assert "identities.0" in refused.value.lines[0]
