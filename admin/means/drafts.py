"""What an administrator has chosen so far in the steps of asking a means, or of changing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from admin.drafts import Draft, Drafts
from admin.means.asking import MeansWish
from admin.means.identity_documents import DocumentDraft
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from assurance.means_requests import Contact, needs_factor
from directory.people import Role


@dataclass(frozen=True)
class MeansDraft(Draft):
    """``level``: a label; ``colleague``: the id of somebody who is there already, None for somebody
    new, who gets the id ``new_person``; ``done``: the id of
    the person, once it was asked.
    """

    level: str | None = None
    role: str | None = None
    provider_oin: str | None = None
    colleague: str | None = None
    name: str = ""
    email: str = ""
    factor: str | None = None
    mobile: str = ""
    address: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    new_person: str | None = None
    done: str | None = None

    @property
    def documents(self) -> DocumentDraft | None:
        """Where files of the identity document belong; None for somebody who has no id yet."""
        person_id = self.colleague or self.new_person
        return DocumentDraft(self.id, person_id) if person_id is not None else None

    @property
    def rank(self) -> AssuranceLevel | None:
        return AssuranceLevel.from_label(self.level) if self.level is not None else None

    def wish(self) -> MeansWish | None:
        """All of it; None while something is still to be chosen."""
        rank = self.rank
        if rank is None or self.role is None or not (self.colleague or self.name):
            return None
        if not self.address or not self.organisations or (needs_factor(rank) and not self.factor):
            return None
        factor = FactorKind(self.factor) if self.factor and needs_factor(rank) else None
        mobile = self.mobile if factor is FactorKind.SMS else ""
        return MeansWish(
            level=rank,
            role=Role(self.role),
            colleague=self.colleague,
            name=self.name,
            email=self.email,
            factor=factor,
            contact=Contact(self.address, mobile),
            organisations=self.organisations,
            provider_oin=self.provider_oin,
            documents=self.documents,
        )


MEANS_DRAFTS: Final = Drafts("means-draft", MeansDraft)
