"""The start page of the console, and the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from admin.keys.certificate_alarms import in_alarm, own_endings
from admin.operator_console import trace_lists
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.login_rows import login_row
from admin.operator_console.pages import OperatorLoggedOutPage
from admin.operator_console.trace_pages import Expiry, LoginRow, StartPage
from admin.operators.roles import Permission
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory.consoles import OPERATOR
from state import outbox, party_metadata, trace_search
from state.trace_search import Wanted

HOUR: Final = timedelta(hours=1)
FAILURES: Final = 6
REASONS: Final = 5


@blueprint.get("")
@requires(Permission.SEE_STATE)
def start(desk: OperatorContext) -> Response:
    """What happens here at this moment."""
    sql, reads = desk.rt.session, desk.may(Permission.READ_TRACES)
    outcomes = dict(trace_search.outcomes_since(sql, desk.now - HOUR))
    waiting = outbox.waiting(sql)
    succeeded, refused = outcomes.pop("success", 0), outcomes.pop("refused", 0)
    page = StartPage(
        desk=desk.frame,
        at=desk.now,
        succeeded=succeeded,
        refused=refused,
        other=sum(outcomes.values()),
        waiting=sum(number for number, _ in waiting.values()),
        oldest_at=min((since for _, since in waiting.values()), default=None),
        expires=_first_to_expire(desk),
        failures=_failures(desk),
        reasons=trace_lists.reasons(desk, most=REASONS) if reads else (),
        metadata_waiting=party_metadata.number_waiting(sql),
        kept_days=desk.rt.settings.retention.trace_days,
    )
    return show(page)


@blueprint.post("/uitloggen")
def log_out() -> Response:
    """End the session here and its grant."""
    return sessions.log_out(OPERATOR)


@blueprint.get("/uitgelogd")
@Endpoint(limit="console", kept=("reason",))
def logged_out() -> Response:
    """Where a logout or a stopped login ends."""
    return show(OperatorLoggedOutPage(request.args.get("reason", "")))


def _failures(desk: OperatorContext) -> tuple[LoginRow, ...]:
    if not desk.may(Permission.READ_TRACES):
        return ()
    found = trace_search.newest(desk.rt.session, Wanted(outcome="refused"), limit=FAILURES)
    return tuple(login_row(desk.rt.configuration, one) for one in found)


def _first_to_expire(desk: OperatorContext) -> Expiry | None:
    """Of our current certificates the one that ends first; before others those in alarm."""
    found = own_endings(desk.rt.session, desk.now)
    for one in (*in_alarm(found), *found):
        return Expiry(name=str(one.use), at=one.end, days=one.days)
    return None
