"""Who is in the console of organisations, in which company, and whether their role there allows
what they ask. The company is that of the session: no form and no address chooses it. A form says
of which company its page was, and does nothing at another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, NoReturn, cast

from flask import Blueprint, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.chains import answering
from admin.chains import to_do as chains_to_do
from admin.mandates import companies, to_do
from admin.mandates.companies import Company
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.giving import Circumstances
from admin.means import to_do as means_to_do
from admin.organisation_console import places
from admin.organisation_console.pages import (
    CompanyTab,
    ConsoleFrame,
    NotAllowedPage,
    OtherPlacePage,
)
from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.errors import PageError
from broker.runtime import Runtime
from broker.sso.logout import LogoutNotifier
from broker.web import form_subject
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.responses import show
from directory.consoles import BEHEER
from directory.people import Role
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

blueprint: Final = Blueprint("console", __name__, url_prefix="/beheer")
declare_blueprint(blueprint, Endpoint(limit="console"))
AGAIN: Final = "opnieuw"  # in the address of the button that begins a login
COLOURS: Final = ("", "b", "c")
ROLE: Final = "needed_role"  # on a view


@dataclass(frozen=True)
class BeheerContext:
    """Somebody at work in one of the own companies. ``asked``: the role that the page asks."""

    session: ConsoleSession
    here: Company
    login: DeciderLogin
    frame: ConsoleFrame
    asked: Role

    @property
    def rt(self) -> Runtime:
        return self.session.rt

    @property
    def sql(self) -> Session:
        return self.session.rt.session

    @property
    def person_id(self) -> str:
        return self.session.person.id

    @property
    def actor(self) -> Actor:
        return Actor.administrator(self.person_id)

    @property
    def now(self) -> datetime:
        return self.session.now

    def circumstances(self) -> Circumstances:
        """Of a decision that is taken now."""
        configuration = self.rt.configuration
        return Circumstances(
            organisation_id=self.here.id,
            actor=self.actor,
            login=self.login,
            services=configuration.services,
            makelaars=configuration.providers,
            portals=tuple(configuration.relying_parties.values()),
            sealer=self.rt.sealer,
            max_years=self.rt.settings.mandates.max_years,
            now=self.now,
        )

    def notifier(self) -> LogoutNotifier:
        """For portals that hear that what they hold has ended."""
        portals = self.rt.holder.current.relying_parties
        return LogoutNotifier(self.rt.sealer, self.rt.downstreams, portals, self.now)

    @contextmanager
    def as_it_stands(self) -> Iterator[ConsoleSession | None]:
        """The session as it is by now, where its role here still allows what was asked; None where
        it does not, or ended.
        """
        with sessions.as_it_stands(self.session) as found:
            if found is None:
                yield None
                return
            own = companies.of_person(found.rt.session, found.person.id, found.now)
            here = next((one for one in own if one.id == self.here.id), None)
            yield found if here is not None and _suffices(here, self.asked) else None


class InOtherCompany(Exception):
    """What is asked belongs to another company of the same administrator."""

    def __init__(self, company: Company) -> None:
        super().__init__(company.id)
        self.company = company


View = Callable[..., Response]


def requires(role: Role, *, anywhere: bool = False) -> Callable[[View], Callable[..., Response]]:
    """Only for who has this role in the company of the session; the view gets the context first.
    An administrator may all that a member may. A form of a page of another company, that another
    tab left since, does nothing; ``anywhere``: it may come from there.
    """

    def around(view: View) -> Callable[..., Response]:
        @wraps(view)
        def entered(**values: Any) -> Response:
            session = sessions.current(BEHEER)
            if session is None:
                return sessions.log_in(BEHEER)
            console = _console(session, role)
            if console is None:
                return _denied(session, None)
            if not anywhere and form_subject.says() and not form_subject.is_said(console.here.id):
                return _of_other_page(console)
            form_subject.begin(console.here.id)
            if not _suffices(console.here, role):
                return _denied(session, console)
            try:
                return view(console, **values)
            except InOtherCompany as other:
                return show(OtherPlacePage(console.frame, _tab(session, other.company)), 404)

        setattr(entered, ROLE, role)
        return entered

    return around


def _of_other_page(console: BeheerContext) -> Response:
    """409: nothing is done with a form of another company; an own one is named, with the way."""
    own = companies.of_person(console.sql, console.person_id, console.now)
    company = next((one for one in own if form_subject.is_said(one.id)), None)
    if company is None:
        raise PageError(409, "other_tab", "the form of another page")
    form_subject.begin(console.here.id)
    return show(OtherPlacePage(console.frame, _tab(console.session, company)), 409)


def absent(console: BeheerContext, organisation_id: str | None = None) -> NoReturn:
    """404, as for what does not exist. ``organisation_id``: where it does exist: an own company is
    named with the way there; an attempt at another one is audited.
    """
    own = companies.of_person(console.sql, console.person_id, console.now)
    company = next((one for one in own if one.id == organisation_id and one.is_administered), None)
    if company is not None and company.id != console.here.id:
        raise InOtherCompany(company)
    if organisation_id is not None and company is None:
        _note(console.session, "other_organisation", organisation_id)
    raise PageError(404, "not_found", "nothing of this company")


def _suffices(here: Company, role: Role) -> bool:
    return here.is_administered or role is not Role.ADMINISTRATOR


def _console(session: ConsoleSession, asked: Role) -> BeheerContext | None:
    own = companies.of_person(session.rt.session, session.person.id, session.now)
    if not own:
        return None
    here = places.current(session, own)
    level = here.own_level(session.level)
    login = DeciderLogin(level, session.logged_in_at)
    return BeheerContext(session, here, login, _frame(session, own, here), asked)


def _frame(session: ConsoleSession, own: list[Company], here: Company) -> ConsoleFrame:
    sql = session.rt.session
    administered = [one.id for one in own if one.is_administered]
    waiting = Counter(companies.open_requests(sql, administered) if administered else {})
    years = session.rt.settings.mandates.max_years
    asked = answering.waiting(sql, administered, session.now, max_years=years)
    waiting.update(one.organisation_id for one in asked)
    tabs = tuple(
        _tab(session, one, number, waiting.get(one.id, 0), is_here=one.id == here.id)
        for number, one in enumerate(own)
    )
    count = 0
    if here.is_administered:
        count = waiting.get(here.id, 0) + len(to_do.ending(sql, here.id, session.now))
        link_level = session.rt.settings.mandates.chain_link_level
        count += len(chains_to_do.ending(sql, here.id, session.now, link_level))
        count += means_to_do.waiting(sql, here.id, session.now)
    return ConsoleFrame(
        person=session.person.display_name,
        here=next(tab for tab in tabs if tab.is_here),
        companies=tabs,
        to_do=count,
    )


def _tab(
    session: ConsoleSession,
    company: Company,
    number: int = 0,
    waiting: int = 0,
    *,
    is_here: bool = False,
) -> CompanyTab:
    words = [word for word in company.name.split() if word[0].isalnum()]
    return CompanyTab(
        id=company.id,
        name=company.name,
        kvk=f"{company.kvk[:4]} {company.kvk[4:]}",
        role=str(company.role),
        level=company.own_level(session.level).label,
        waiting=waiting,
        is_here=is_here,
        initials="".join(word[0].upper() for word in words[:2]),
        colour=COLOURS[number % len(COLOURS)],
    )


def _denied(session: ConsoleSession, console: BeheerContext | None) -> Response:
    """403 with a page that says whom to ask; the attempt is audited."""
    _note(session, "role" if console is not None else "no_company")
    frame = console.frame if console is not None else None
    asks = session.rt.settings.joining.account_requests
    return show(NotAllowedPage(frame, session.person.display_name, asks), 403)


def _note(session: ConsoleSession, reason: str, organisation_id: str | None = None) -> None:
    with writing(session.rt.session) as sql:
        audit.record(
            sql,
            AuditEvent(
                EventTag.ACCESS_DENIED,
                session.now,
                person_id=session.person.id,
                organisation_id=organisation_id,
                reason=reason,
                details={"page": request.endpoint or ""},
            ),
        )


def role_of(view: object) -> Role | None:
    """The role that a view asks; None where it asks none."""
    return cast("Role | None", getattr(view, ROLE, None))
