"""The web application: blueprints, headers, CSRF, language and errors around one runtime."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from broker.account.activation_factor import blueprint as activation
from broker.account.recovery import blueprint as recovery
from broker.account.routes import blueprint as mine
from broker.console.downstream import is_open
from broker.console.more_time import blueprint as console_time
from broker.journey.callbacks import blueprint as arrivals
from broker.journey.own_metadata import blueprint as own_metadata
from broker.journey.pages import filters
from broker.journey.views import blueprint as doors
from broker.journey.views import open_login
from broker.oidc.client_keys import ClientKeys
from broker.oidc.end_session import blueprint as logout
from broker.oidc.views import create_blueprint as create_oidc
from broker.process import Process
from broker.recipes.developers import blueprint as developers
from broker.runtime import Runtime
from broker.saml.logout_views import blueprint as saml_logout
from broker.saml.views import create_blueprint as create_saml
from broker.sso.logout_chain import blueprint as logout_chain
from broker.sso.makelaar_logout import blueprint as makelaar_logout
from broker.web import (
    bodies,
    csrf,
    database,
    errors,
    headers,
    help_pages,
    hosts,
    http_methods,
    language,
    rate_limits,
    refusals,
    request_metrics,
    static_files,
    templating,
    theme,
    transport,
)
from broker.web.base_url import BoundFlask
from broker.web.form_session import FormSessions
from broker.web.front import blueprint as front
from broker.web.health import blueprint as health
from directory.consoles import BEHEER


def assemble(process: Process, consoles: Iterable[Blueprint] = ()) -> Flask:
    """The application around a process that exists already. ``consoles``: the pages of
    administration (``admin.app``), which stand above the broker.
    """
    settings = process.settings
    app = BoundFlask("broker", template_folder=None, static_folder="static")
    app.bind_to(settings.base_url)
    app.config.update(
        SECRET_KEY=process.sealer.fingerprint("flask-session"),
        SESSION_COOKIE_NAME="__Host-sluis-form",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    if settings.web.trusted_proxy_hops:
        hops = settings.web.trusted_proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.session_interface = FormSessions()
    sql = database.install(app, process.engine)
    app.extensions["sluis"] = Runtime(
        settings=settings,
        clock=process.clock,
        engine=process.engine,
        store=process.store,
        sealer=process.sealer,
        outgoing=process.outgoing,
        holder=process.holder,
        downstreams=process.downstreams,
        current_session=sql.current_session,
    )
    app.register_blueprint(create_oidc(open_login, ClientKeys(process.outgoing, process.clock)))
    app.register_blueprint(create_saml(open_login, refusals.note))
    logouts = (logout, logout_chain, saml_logout, makelaar_logout)
    arriving = (front, doors, arrivals, own_metadata)
    for blueprint in (
        *arriving,
        mine,
        console_time,
        *logouts,
        recovery,
        activation,
        health,
        *consoles,
    ):
        app.register_blueprint(blueprint)
    request_metrics.install(app)
    bodies.install(app, partial(is_open, process.sealer, BEHEER))
    app.register_blueprint(help_pages.blueprint)
    app.register_blueprint(developers)
    app.register_blueprint(theme.blueprint)
    static_files.install(app)
    templating.install(app)
    theme.install(app, settings.ui.theme_css)
    filters.install(app)
    language.install(app)
    headers.install(app, hsts=not settings.is_loopback)
    hosts.install(app, settings.base_url)
    transport.install(app, settings.base_url, proxy_hops=settings.web.trusted_proxy_hops)
    http_methods.install(app)
    rate_limits.install(app)
    csrf.install(app)
    errors.install(app)
    return app
