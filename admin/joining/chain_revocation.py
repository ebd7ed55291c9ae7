"""Taking back at ``/toegang`` what was given with a link: by the link in the mail that confirmed
it, as long as anything of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from werkzeug.wrappers import Response

from admin.chains import answering
from admin.chains.answering import RequestClosed
from admin.chains.request_rules import ClosedRequest
from admin.joining.access import blueprint
from admin.joining.chain_pages import RevokeChainPage
from admin.joining.chain_words import answer_here, closed_page
from admin.mandates.giving import NothingToDo
from broker.runtime import Runtime, runtime
from broker.sso.logout import LogoutNotifier
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import chain_requests
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from state.db import writing


@blueprint.get("/ketenmachtiging/intrekken/<secret>")
@Endpoint(limit="console", only_reads=True)  # scanners of mail look whether a link works
def revoke_chain(secret: str) -> Response:
    """What stands, and the button that ends it."""
    rt = runtime()
    found = chain_requests.revocable_with(rt.session, secret)
    if found is None:
        return closed_page(rt.session, RequestClosed(ClosedRequest.UNKNOWN), rt)
    return show(_page(rt, found, secret))


@blueprint.post("/ketenmachtiging/intrekken/<secret>")
@Endpoint(limit="console", shown_at=ITSELF)
def end_chain(secret: str) -> Response:
    """From now on it counts no more, also in logins under way."""
    rt = runtime()
    portals = rt.holder.current.relying_parties
    notifier = LogoutNotifier(rt.sealer, rt.downstreams, portals, rt.clock())
    try:
        with writing(rt.session) as session:
            answering.revoke(session, answer_here(rt), notifier, secret)
    except RequestClosed as closed:
        return closed_page(rt.session, closed, rt)
    except NothingToDo:
        pass  # somebody was first: the page says that nothing stands
    found = chain_requests.revocable_with(rt.session, secret)
    assert found is not None
    return show(_page(rt, found, secret))


def _page(rt: Runtime, found: ChainRequest, secret: str) -> RevokeChainPage:
    rows = chain_requests.standing_of(rt.session, found.id, rt.clock())
    others = chain_requests.standing_beside(rt.session, found, rt.clock())
    return RevokeChainPage(
        found.intermediary.name,
        found.organisation.name,
        _names(rt, rows),
        _names(rt, others),
        url_for("joining.end_chain", secret=secret),
        is_done=not rows,
    )


def _names(rt: Runtime, rows: Iterable[ChainMandate]) -> tuple[str, ...]:
    uuids = dict.fromkeys(row.service_uuid for row in rows)
    return tuple(service_name(rt.configuration, uuid) for uuid in uuids)
