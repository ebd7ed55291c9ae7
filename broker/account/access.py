"""Who is at ``/mijn``, and whether this session may change a factor: else it logs in again first,
and comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from flask import request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from assurance import enrolment
from assurance.enrolment import OwnFactor
from assurance.factors import BoundBy, FactorKind
from assurance.levels import AssuranceLevel, suffices
from assurance.step_up import allows_factor
from broker.account.pages import CountsAt, LogInAgainPage, MineFrame
from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.errors import PageError
from broker.runtime import Runtime
from broker.texts import notices
from broker.texts.notices import Change
from broker.web.responses import show
from directory import people
from directory.consoles import MINE
from directory.people import Person
from providers import accounts
from state import audit
from state.audit import AuditEvent, EventTag

AGAIN: Final = "opnieuw"  # in the address of the button that begins the login
_BACK: Final = {
    "mine.own_sessions": "sessions",
    "mine.ask_everywhere": "sessions",
    "mine.logins": "logins",
    "mine.ask_own_data": "front",
    "mine.ask_address": "address",
}
_TAGS = {
    Change.ADDED: EventTag.FACTOR_ADDED,
    Change.REMOVED: EventTag.FACTOR_REMOVED,
    Change.COUNTS: EventTag.FACTOR_COUNTS,
}


class LogInFirst(HTTPException):
    """This session may not: the response begins a login that may, or says why one is needed."""

    def __init__(self, response: Response) -> None:
        super().__init__(response=response)


@dataclass(frozen=True)
class AccountContext:
    """Somebody with a session at ``/mijn``."""

    session: ConsoleSession

    @property
    def rt(self) -> Runtime:
        return self.session.rt

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def frame(self) -> MineFrame:
        return MineFrame(self.person.display_name, self.gives.label)

    @cached_property
    def factors(self) -> Sequence[OwnFactor]:
        return enrolment.of_person(self.rt.session, self.person.id, self.session.now)

    @cached_property
    def gives(self) -> AssuranceLevel:
        """What a factor of this person can lift a login to."""
        level = accounts.level_of(self.rt.session, self.person.id)
        return enrolment.factors_give(level)

    @property
    def binding(self) -> BoundBy:
        return enrolment.binding(self.session.level, self.gives)

    @cached_property
    def places(self) -> CountsAt:
        """Where a factor of this person lifts a login, and where not."""
        records = self.rt.configuration.providers
        ids = people.makelaars_of(self.rt.session, self.person.id)
        own = [records[one] for one in ids if one in records]
        level = accounts.level_of(self.rt.session, self.person.id)
        return CountsAt(
            own_account=level is not None and level.is_of_a_scheme,
            makelaars=tuple(r.name for r in own if allows_factor(r)),
            not_at=tuple(r.name for r in own if not allows_factor(r)),
        )

    @property
    def counts(self) -> bool:
        """What is added in this session counts at once."""
        return self.binding is not BoundBy.SELF

    def factor(self, factor_id: str) -> OwnFactor:
        """One of this person's factors. Raises PageError(404) for every other."""
        for one in self.factors:
            if one.id == factor_id:
                return one
        raise PageError(404, "not_found", "no such factor of this person")

    def demand(
        self, level: AssuranceLevel, *, at_once: bool = False, after: str | None = None
    ) -> None:
        """A login of the last minutes at this level. Raises LogInFirst: with a page that says why,
        or the login itself where the person knows (``at_once``, or the button of that page).
        ``after``: the endpoint to come back to from a form that was not about factors.
        """
        if self.session.is_recent() and suffices(self.session.level, level):
            return
        if at_once or (request.method == "GET" and AGAIN in request.args):
            raise LogInFirst(sessions.log_in(MINE, level=level, force_authn=True))
        page = LogInAgainPage(
            self.frame,
            have=self.session.level.label,
            needed=level.label,
            is_too_low=not suffices(self.session.level, level),
            address=self._address_after(after),
            back=_BACK.get(after or "", "factors"),
        )
        raise LogInFirst(show(page, 200 if request.method == "GET" else 403))

    def _address_after(self, after: str | None) -> str:
        """The page that was asked; after a form, whose answer is gone, the list."""
        if request.method == "GET":
            return f"{request.path}?{AGAIN}=ja"
        return f"{url_for(after)}?{AGAIN}=ja" if after is not None else url_for("mine.higher")

    def record(self, change: Change, kind: FactorKind, *, old_number: str | None = None) -> None:
        """Audit event and notice of a change, in the transaction that is open."""
        sql, now = self.rt.session, self.session.now
        details = {"kind": str(kind), "bound_by": str(self.binding)}
        event = AuditEvent(_TAGS[change], now, person_id=self.person.id, details=details)
        audit.record(sql, event)
        notices.tell(
            sql,
            self.rt.sealer,
            self.person,
            change,
            kind,
            base_url=self.rt.base_url,
            now=now,
            old_number=old_number,
        )


def owner() -> AccountContext:
    """Who is here. Raises LogInFirst."""
    session = sessions.current(MINE)
    if session is None:
        raise LogInFirst(sessions.log_in(MINE))
    return AccountContext(session)


def adder() -> AccountContext:
    """Who is here and may add a factor. Raises LogInFirst."""
    found = owner()
    found.demand(enrolment.level_to_add(found.factors, found.gives))
    return found
