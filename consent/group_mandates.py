"""Which mandate a place in a group gave: it ends with that place, or with that of the company."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from consent.mandates import Mandate
from directory.groups import GroupCompany, GroupMember
from state.db import Base


class GroupMandate(Base):
    """One mandate of one member for one company of the group."""

    __tablename__ = "group_mandate"

    mandate_id: Mapped[str] = mapped_column(String(26), ForeignKey("mandate.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("group_member.id"), index=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("group_company.id"), index=True)
    mandate: Mapped[Mandate] = relationship()
    member: Mapped[GroupMember] = relationship()
    company: Mapped[GroupCompany] = relationship()


def given_in(session: Session, group_id: str) -> list[GroupMandate]:
    """Everything that places in this group gave, also what was taken back since."""
    query = (
        select(GroupMandate)
        .join(GroupMember, GroupMember.id == GroupMandate.member_id)
        .where(GroupMember.group_id == group_id)
        .options(
            joinedload(GroupMandate.mandate),
            joinedload(GroupMandate.member),
            joinedload(GroupMandate.company),
        )
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def hand_on(session: Session, old: Mandate, whole: Mandate) -> None:
    """What a place in a group gave for a branch, and holds for the whole company from now on, still
    ends with that place. Nothing for a mandate that no group gave.
    """
    link = session.get(GroupMandate, old.id)
    if link is None:
        return
    link.company.branch = None
    session.add(
        GroupMandate(mandate_id=whole.id, member_id=link.member_id, company_id=link.company_id)
    )
    session.flush()
