"""Makelaars that this browser remembers, per service: they stand in a cookie and nowhere else."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from broker.account.access import AccountContext, owner
from broker.account.consent_pages import RememberedPage, RememberedRow
from broker.account.factors import blueprint
from broker.errors import PageError
from broker.web import cookies
from broker.web.cookies import RememberedProvider
from broker.web.endpoints import Endpoint
from broker.web.registration_names import makelaar_name, service_name
from broker.web.responses import show


@blueprint.get("/onthouden")
@Endpoint(limit="console", kept=("done",))
def remembered() -> Response:
    """The newest choice first."""
    who = owner()
    lasts = timedelta(days=who.rt.settings.login.remember_days)
    names = who.rt.configuration
    rows = [
        RememberedRow(
            service_uuid=uuid,
            service=service_name(names, uuid),
            makelaar=makelaar_name(names, one.provider_id) or one.provider_id,
            since=one.chosen_at,
            until=one.chosen_at + lasts,
        )
        for uuid, one in _choices(who).items()
    ]
    rows.sort(key=lambda row: row.since, reverse=True)
    return show(RememberedPage(who.frame, tuple(rows), request.args.get("done", "")))


@blueprint.post("/onthouden/<service_uuid>/vergeet")
@Endpoint(limit="console", shown_at="mine.remembered")
def forget_one(service_uuid: str) -> Response:
    """The next login for this service asks which makelaar. 404 for what is not remembered here."""
    who = owner()
    choices = _choices(who)
    if choices.pop(service_uuid, None) is None:
        raise PageError(404, "not_found", "nothing is remembered for this service")
    response = redirect(url_for("mine.remembered", done="one"), 303)
    if choices:
        cookies.remember_providers(response, choices, who.rt.settings.login.remember_days)
    else:
        cookies.forget(response, cookies.PROVIDERS)
    return response


@blueprint.post("/onthouden/vergeet")
@Endpoint(limit="console", shown_at="mine.remembered")
def forget_all() -> Response:
    """Nothing is remembered any more."""
    owner()
    response = redirect(url_for("mine.remembered", done="all"), 303)
    cookies.forget(response, cookies.PROVIDERS)
    return response


def _choices(who: AccountContext) -> dict[str, RememberedProvider]:
    return cookies.remembered_providers(
        request, who.session.now, who.rt.settings.login.remember_days
    )
