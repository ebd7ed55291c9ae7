"""Who is at the operator console, and whether their roles allow what they ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from flask import Blueprint, request
from sqlalchemy.orm import sessionmaker
from werkzeug.wrappers import Response

from admin.operator_console.pages import DeniedPage, DeskFrame
from admin.operators import roles as operators
from admin.operators.roles import OperatorRole, Permission, may
from broker.console import sessions
from broker.console.sessions import ConsoleSession
from broker.process import Process
from broker.runtime import Runtime
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.responses import show
from directory.consoles import OPERATOR
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

blueprint: Final = Blueprint("operator", __name__, url_prefix="/operator")
declare_blueprint(blueprint, Endpoint(limit="console"))


@dataclass(frozen=True)
class OperatorContext:
    """An operator at work, in the roles of this moment. ``asked``: what the page asks for."""

    session: ConsoleSession
    roles: frozenset[OperatorRole]
    frame: DeskFrame
    asked: Permission

    @property
    def rt(self) -> Runtime:
        return self.session.rt

    @property
    def now(self) -> datetime:
        return self.session.now

    @property
    def process(self) -> Process:
        """What this request runs on, for a use case that the worker or a command has too."""
        rt = self.rt
        return Process(
            settings=rt.settings,
            clock=rt.clock,
            engine=rt.engine,
            sessions=sessionmaker(rt.engine, expire_on_commit=False),
            store=rt.store,
            sealer=rt.sealer,
            outgoing=rt.outgoing,
            holder=rt.holder,
            downstreams=rt.downstreams,
            started_at=rt.clock(),
        )

    def may(self, permission: Permission) -> bool:
        return may(self.roles, permission)

    def may_still(self) -> bool:
        """What was asked, by now: the session stands and its roles allow it, read anew."""
        with sessions.as_it_stands(self.session) as found:
            if found is None:
                return False
            roles = operators.roles_of(found.rt.session, found.person.id, found.now)
            return may(roles, self.asked)


View = Callable[..., Response]


def requires(
    permission: Permission, *, recent: bool = False, by_itself: bool = False
) -> Callable[[View], Callable[..., Response]]:
    """Only for operators whose roles allow this; the view gets the Desk first.

    ``recent``: the login must be of the last minutes, else it is asked anew. ``by_itself``: asked
    by the script of a page, which is no use of the session and opens no login.
    """

    def around(view: View) -> Callable[..., Response]:
        @wraps(view)
        def entered(**values: Any) -> Response:
            session = sessions.current(OPERATOR, counts=not by_itself)
            if session is None:
                return Response(status=401) if by_itself else sessions.log_in(OPERATOR)
            desk = _desk(session, permission)
            if not desk.may(permission):
                return _denied(desk, permission)
            if recent and not session.is_recent():
                return sessions.log_in(OPERATOR, force_authn=True)
            return view(desk, **values)

        return entered

    return around


def _desk(session: ConsoleSession, asked: Permission) -> OperatorContext:
    roles = operators.roles_of(session.rt.session, session.person.id, session.now)
    frame = DeskFrame(
        person=session.person.display_name,
        roles=tuple(sorted(roles)),
        reads_traces=may(roles, Permission.READ_TRACES),
        reads_operators=may(roles, Permission.READ_OPERATORS),
        resets_factors=may(roles, Permission.RESET_FACTORS),
        decides_means=may(roles, Permission.DECIDE_MEANS),
        decides_forms=may(roles, Permission.DECIDE_FORMS),
        reads_requests=may(roles, Permission.READ_REQUESTS),
        ends_sessions=may(roles, Permission.END_SESSIONS),
    )
    return OperatorContext(session, roles, frame, asked)


def _denied(desk: OperatorContext, permission: Permission) -> Response:
    """403 with a page that says whom to ask; the attempt is audited."""
    with writing(desk.rt.session) as sql:
        audit.record(
            sql,
            AuditEvent(
                EventTag.ACCESS_DENIED,
                desk.now,
                person_id=desk.session.person.id,
                reason="role" if desk.roles else "no_operator",
                details={"permission": str(permission), "page": request.endpoint or ""},
            ),
        )
    return show(DeniedPage(desk.frame), 403)
