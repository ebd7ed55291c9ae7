"""Taking back a mandate at ``/beheer``: one that an administrator gave."""

from __future__ import annotations

from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.mandates import given
from admin.mandates.administrators import NotAdministrator
from admin.mandates.given import NoSuchMandate, Revocation
from admin.organisation_console.mandate_requests import (
    AdministratorContext,
    blueprint,
    log_in,
    mandate_row,
    to_requests,
    visitor,
)
from admin.organisation_console.pages import MandatePage
from broker.errors import PageError
from broker.sso.logout import LogoutNotifier
from broker.web.responses import show
from consent.mandates import Mandate
from directory.fields import LocalizedText
from state.db import writing


@blueprint.get("/machtiging/<mandate_id>")
def ask_to_revoke(mandate_id: str) -> Response:
    """Are you sure?"""
    console = visitor()
    if console is None:
        return log_in()
    return show(MandatePage(console.frame, mandate_row(console, _one(console, mandate_id))))


@blueprint.post("/machtiging/<mandate_id>")
def revoke(mandate_id: str) -> Response:
    """It counts no more from now on, also in logins under way."""
    console = visitor()
    if console is None:
        return log_in()
    with writing(console.rt.session) as session:
        mandate = _one(console, mandate_id)
        given.revoke(session, mandate, _revocation(console, mandate))
    return to_requests("revoked")


def _revocation(console: AdministratorContext, mandate: Mandate) -> Revocation:
    uuid = mandate.service_uuid or ""
    service = console.rt.configuration.services.get(uuid)
    return Revocation(
        actor=Actor.administrator(console.person_id),
        # A service that is no longer registered must not keep its mandates alive.
        service=service.name if service else LocalizedText(nl=uuid, en=uuid),
        now=console.now,
        notifier=_notifier(console),
    )


def _notifier(console: AdministratorContext) -> LogoutNotifier:
    rt = console.rt
    portals = rt.holder.current.relying_parties
    return LogoutNotifier(rt.sealer, rt.downstreams, portals, console.now)


def _one(console: AdministratorContext, mandate_id: str) -> Mandate:
    """The mandate, for the administrators of its organisation alone; for others there is none."""
    try:
        return given.one_mandate(console.rt.session, console.person_id, mandate_id, console.now)
    except (NoSuchMandate, NotAdministrator):
        raise PageError(404, "not_found", "no such mandate for this person") from None
