"""What is kept of a person, in the order in which it came."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assurance import identity_documents
from assurance.identity_documents import (
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from directory.organisations import Organisation
from directory.people import Person
from tests.clocks import START


@pytest.mark.parametrize("ids", ["123", "312", "231"])
def test_what_is_kept_of_a_person_is_told_the_oldest_first(engine: Engine, ids: str) -> None:
    came = ((0, DocumentSide.WHOLE), (5, DocumentSide.FRONT), (5, DocumentSide.BACK))
    with Session(engine) as session:
        session.add(Organisation(id="bakery", kvk="90001201", name="Bakkerij"))
        session.add(Person(id="sanne", display_name="Sanne", created_at=START))
        session.flush()
        session.add_all(
            IdentityDocumentFile(
                id=number,
                person_id="noa",
                organisation_id="bakery",
                brought_by="sanne",
                brought_at=START + timedelta(minutes=minutes),
                draft_id=f"draft-{minutes}",
                kind=IdentityDocumentKind.IDENTITY_CARD,
                side=side,
                expires_on=date(2030, 1, 1),
                media_type="image/jpeg",
                size=1,
                scanner="none",
                content=b"sealed",
            )
            for number, (minutes, side) in zip(ids, came, strict=True)
        )
        session.commit()
        found = identity_documents.of_person(session, "noa")
        assert [one.side for one in found] == [side for _, side in came]
