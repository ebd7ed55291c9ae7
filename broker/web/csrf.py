"""CSRF: Flask-WTF on every form. Protocol endpoints declare themselves exempt, and say why."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from broker.web.endpoints import endpoints_of


def install(app: Flask) -> CSRFProtect:
    protect = CSRFProtect()
    app.config["WTF_CSRF_SSL_STRICT"] = (
        False  # the token is bound to the session; Referer may be absent
    )
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # lives as long as the session cookie
    protect.init_app(app)
    for name, endpoint in endpoints_of(app).named.items():
        if not endpoint.csrf:
            protect.exempt(app.view_functions[name])
    return protect
