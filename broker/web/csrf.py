"""CSRF: Flask-WTF on every form. Protocol endpoints are exempt by this list and by nothing else."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

# Each is authenticated by the message itself (signature, code, client authentication, state), never
# by a cookie.
EXEMPT_ENDPOINTS = frozenset(
    {
        "oidc.authorize",  # a portal's cross-site POST; reads no cookie
        "oidc.token",
        "logout.portal_asks",  # as authorize; what it asks is judged at our own address
        "oidc.userinfo",
        "arrivals.saml_acs",  # a makelaar's cross-site POST; the cookie is demanded at the next GET
    }
)


def install(app: Flask) -> CSRFProtect:
    protect = CSRFProtect()
    app.config["WTF_CSRF_SSL_STRICT"] = (
        False  # the token is bound to the session; Referer may be absent
    )
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # lives as long as the session cookie
    protect.init_app(app)
    for endpoint in EXEMPT_ENDPOINTS:
        if endpoint in app.view_functions:
            protect.exempt(app.view_functions[endpoint])
    return protect
