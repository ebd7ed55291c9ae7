"""The last logins of the person at ``/mijn``: to recognise them, or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import request, url_for
from werkzeug.wrappers import Response

from broker.account.access import AGAIN, AccountContext, owner
from broker.account.factors import blueprint
from broker.account.login_pages import MyLoginRow, MyLoginsPage
from broker.web import user_agents
from broker.web.endpoints import Endpoint
from broker.web.registration_names import client_name, makelaar_name, service_name
from broker.web.responses import show
from directory import history, organisation_records
from directory.consoles import MINE
from directory.history import HistoryEntry

ON_A_PAGE: Final = 20
ID_LENGTH: Final = 26


@blueprint.get("/logins")
@Endpoint(limit="console", kept=("voor",))
def logins() -> Response:
    """Newest first, in portions. Only what this person did, whatever is asked."""
    who = owner()
    if AGAIN in request.args:
        who.demand(MINE.service.level, at_once=True)
    after = request.args.get("voor", "")[:ID_LENGTH] or None
    found = history.recent(who.rt.session, who.person.id, ON_A_PAGE + 1, before=after)
    shown = found[:ON_A_PAGE]
    names = own_names(who, shown)
    page = MyLoginsPage(
        who.frame,
        tuple(row_of(who, one, names) for one in shown),
        older_url=_older(found, shown),
        newest_url=url_for("mine.logins") if after else "",
    )
    return show(page)


def _older(found: Sequence[HistoryEntry], shown: Sequence[HistoryEntry]) -> str:
    return url_for("mine.logins", voor=shown[-1].id) if len(found) > len(shown) else ""


def own_names(who: AccountContext, entries: Sequence[HistoryEntry]) -> Mapping[str, str]:
    """Names of the organisations in these logins, by number."""
    numbers = {number for one in entries for number in (one.represented, one.intermediary)}
    return organisation_records.names(who.rt.session, numbers)


def row_of(who: AccountContext, entry: HistoryEntry, names: Mapping[str, str]) -> MyLoginRow:
    """A login as the pages show it."""
    configuration = who.rt.configuration
    is_portal = entry.client_id in configuration.relying_parties
    number, office = entry.represented, entry.intermediary
    return MyLoginRow(
        id=entry.id,
        at=entry.at,
        reference=entry.reference,
        service=service_name(configuration, entry.service_uuid),
        portal=client_name(configuration, entry.client_id) if is_portal else None,
        makelaar=makelaar_name(configuration, entry.provider_id),
        level=entry.level.label if entry.level else None,
        represented=names.get(number, number) if number else None,
        office=names.get(office, office) if office else None,
        outcome=entry.outcome,
        browser=user_agents.in_words(entry.browser) if entry.browser else None,
        disowned_at=entry.disowned_at,
    )
