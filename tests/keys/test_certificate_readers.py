"""Who read our metadata with which certificate."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from keys.certificate_readers import Reader, all_readers, note_read
from keys.saml_keys import OwnRole
from tests.clocks import START

LATER = START + timedelta(days=3)


def told(session: Session) -> list[tuple[str, str, str, str, int, int]]:
    session.expire_all()
    return [
        (
            *(row.role.value, row.party, row.kid, row.reader.value),
            *((row.first_at - START).days, (row.last_at - START).days),
        )
        for row in all_readers(session)
    ]


def test_a_party_is_known_by_the_first_and_the_last_time(session: Session) -> None:
    for kids, at in ((["a"], START), (["a", "b"], LATER), (["b"], START)):  # a clock set back
        note_read(session, OwnRole.SP, "polderpoort", kids, Reader.PROGRAM, at)
        session.commit()
    assert told(session) == [
        ("sp", "polderpoort", "a", "program", 0, 3),
        ("sp", "polderpoort", "b", "program", 3, 3),
    ]


def test_roles_parties_and_readers_are_told_apart(session: Session) -> None:
    for role, party, reader in (
        (OwnRole.SP, "polderpoort", Reader.PROGRAM),
        (OwnRole.SP, "polderpoort", Reader.BROWSER),
        (OwnRole.IDP, "polderpoort", Reader.PROGRAM),
        (OwnRole.SP, "brugwacht", Reader.PROGRAM),
    ):
        note_read(session, role, party, ["a"], reader, START)
    session.commit()
    assert len(told(session)) == 4
