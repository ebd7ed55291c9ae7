"""The means of Sluis of one person, as the detail at ``/beheer`` shows it: how it stands, what is
awaited, what happened, and what an administrator may do with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from admin.mandates.colleagues import CompanyPerson
from admin.mandates.means import MeansState
from admin.means import changing, contact, overview
from admin.means.changing import ChangeWish
from admin.means.overview import MeansEvent, MeansView
from admin.organisation_console.access import BeheerContext
from admin.organisation_console.means_access import asker, restriction_name
from directory.people import MeansStatus
from providers import accounts

# The words of the list for what Sluis and the person still have to do.
BEFORE_AND_BETWEEN: Final = tuple(
    str(one)
    for one in (
        MeansStatus.WAITS_FOR_APPROVAL,
        MeansStatus.WAITS_FOR_ACTIVATION,
        MeansStatus.CHANGE_PENDING,
        MeansStatus.REFUSED,
    )
)


@dataclass(frozen=True)
class MeansPanel:
    """``means_id`` is empty where Sluis issued none; ``is_issued``: it was activated; ``may_ask``:
    one can be asked. ``state``: as in the list; ``level``: of the means, ``wanted``: what is asked
    of it; ``only_at``: the provider to whose services it is restricted, ``becomes_ordinary`` where
    that is asked to end; ``refusal``: why the last request was refused, for thirty days;
    ``needs_letter``: the last one was not used in time; ``ends_at``: the last moment, where it is
    known. The rules: why level, number and address cannot be changed now, else empty.
    """

    means_id: str = ""
    is_issued: bool = False
    may_ask: bool = False
    state: str = ""
    level: str = ""
    wanted: str = ""
    only_at: str = ""
    becomes_ordinary: bool = False
    factor: str = ""
    deadline: datetime | None = None
    refusal: str = ""
    needs_letter: bool = False
    ends_at: datetime | None = None
    change_rule: str = ""
    mobile_rule: str = ""
    email_rule: str = ""
    events: tuple[MeansEvent, ...] = ()

    @property
    def waits(self) -> bool:
        """Something is asked of it that is not done yet."""
        return self.state in ("approval", "activation", "expired", "change")


def state_with(state: MeansState, view: MeansView | None) -> str:
    """The word of the list: what is to happen with a means of Sluis comes before what its person
    can do already.
    """
    if view is None or state is MeansState.BLOCKED:
        return str(state)
    if view.status is MeansStatus.ACTIVATION_EXPIRED:
        return str(MeansState.EXPIRED)
    return str(view.status) if str(view.status) in BEFORE_AND_BETWEEN else str(state)


def panel_of(console: BeheerContext, person: CompanyPerson, view: MeansView | None) -> MeansPanel:
    """Of this person here."""
    if view is None or view.status is MeansStatus.REFUSED:
        has_account = accounts.of_person(console.sql, person.id) is not None
        may_ask = not has_account and person.means.state is not MeansState.BLOCKED
        if view is None:
            return MeansPanel(may_ask=may_ask)
    else:
        may_ask = False
    pending, last = view.pending, view.requests[-1] if view.requests else None
    refused = view.refused if view.shows_refusal(console.now) else None
    return MeansPanel(
        means_id=view.means.id,
        is_issued=view.means.activated_at is not None,
        may_ask=may_ask,
        state=state_with(person.means.state, view),
        level=view.means.level.label,
        wanted=pending.level.label if pending is not None else "",
        only_at=restriction_name(console, view.means.provider_oin),
        becomes_ordinary=pending is not None
        and pending.provider_oin is None
        and view.means.provider_oin is not None,
        factor=str(last.factor or "") if last is not None else "",
        deadline=view.deadline if view.status in _WITH_DEADLINE or view.letter else None,
        refusal=refused.refusal_reason or "" if refused is not None else "",
        needs_letter=view.is_letter_over(console.now),
        ends_at=view.means.ends_at,
        change_rule=_change_rule(console, view),
        mobile_rule=contact.why_not_mobile(console.sql, asker(console), view) or "",
        email_rule=contact.why_not_email(console.sql, asker(console), view) or "",
        events=tuple(overview.timeline(view)),
    )


def _change_rule(console: BeheerContext, view: MeansView) -> str:
    """Why nothing of it can be changed now, else empty."""
    made = view.means
    wish = ChangeWish(made.id, made.level, overview.role_of(view), provider_oin=made.provider_oin)
    found = changing.faults(console.sql, asker(console), wish)
    word = found.get("means", "") or found.get("level", "")
    return "" if word == "same" else word


_WITH_DEADLINE: Final = (MeansStatus.WAITS_FOR_ACTIVATION, MeansStatus.ACTIVATION_EXPIRED)
