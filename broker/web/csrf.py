"""CSRF: Flask-WTF on every form. Protocol endpoints declare themselves exempt, and say why."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from broker.web.current_request import current_request
from broker.web.endpoints import endpoints_of


def install(app: Flask) -> CSRFProtect:
    protect = CSRFProtect()
    app.config.update(
        WTF_CSRF_SSL_STRICT=False,  # the token is bound to the session; Referer may be absent
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the session cookie
        WTF_CSRF_CHECK_DEFAULT=False,  # by name it would look for what the endpoint declares
    )
    protect.init_app(app)
    declared = endpoints_of(app)

    @app.before_request
    def _check() -> None:
        request = current_request()
        if request.method not in ("GET", "HEAD") and app.config["WTF_CSRF_ENABLED"]:
            is_somewhere = request.url_rule is not None
            if is_somewhere and declared.asked().csrf:
                protect.protect()

    return protect
