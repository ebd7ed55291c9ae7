"""A portal on python3-saml, started as a program: ``python -m tests.interop.python3_saml_portal
FILE``. What it learns of a login it answers as JSON.
"""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, redirect, request
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


def settings_of(agreed: dict[str, Any]) -> dict[str, Any]:
    """As strict as the product can be made."""
    base_url = agreed["base_url"]
    idp = OneLogin_Saml2_IdPMetadataParser.parse(agreed["idp_metadata"])["idp"]
    return {
        "strict": True,
        "sp": {
            "entityId": f"{base_url}/metadata",
            "assertionConsumerService": {"url": f"{base_url}/acs", "binding": POST},
            "singleLogoutService": {"url": f"{base_url}/sls", "binding": REDIRECT},
            "NameIDFormat": PERSISTENT,
            "x509cert": agreed["certificate"],
            "privateKey": agreed["key"],
        },
        "idp": idp,
        "security": {
            "authnRequestsSigned": True,
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "wantMessagesSigned": True,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": agreed["encrypted"],
            "wantNameId": True,
            "requestedAuthnContext": [agreed["level"]],
            "requestedAuthnContextComparison": agreed["comparison"],
            "failOnAuthnContextMismatch": True,
            "signatureAlgorithm": RSA_SHA256,
            "digestAlgorithm": SHA256,
            "rejectDeprecatedAlgorithm": True,
        },
    }


def create_app(agreed: dict[str, Any]) -> Flask:
    """The portal that was agreed on."""
    app, settings = Flask(__name__), settings_of(agreed)
    asked: dict[str, str] = {}  # RelayState → ID of the request
    ended: list[str] = []

    def auth() -> OneLogin_Saml2_Auth:
        sent = {
            "https": "off",
            "http_host": request.host,
            "script_name": request.path,
            "get_data": dict(request.args),
            "post_data": dict(request.form),
        }
        return OneLogin_Saml2_Auth(sent, settings)

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/metadata")
    def metadata() -> Response:
        made = OneLogin_Saml2_Settings(settings, sp_validation_only=True).get_sp_metadata()
        return Response(made, mimetype="application/samlmetadata+xml")

    @app.get("/login")
    def login() -> Response:
        one = auth()
        back = f"{agreed['base_url']}/front/{secrets.token_urlsafe(16)}"
        place = one.login(
            back, force_authn="force" in request.args, is_passive="passive" in request.args
        )
        asked[back] = one.get_last_request_id()
        return redirect(place, 302)

    @app.post("/acs")
    def acs() -> tuple[dict[str, Any], int]:
        one = auth()
        one.process_response(asked.pop(request.form.get("RelayState", ""), "nobody asked"))
        if one.get_errors():
            return {"errors": one.get_errors(), "reason": one.get_last_error_reason()}, 400
        return {
            "name_id": one.get_nameid(),
            "name_id_format": one.get_nameid_format(),
            "nq": one.get_nameid_nq(),
            "spnq": one.get_nameid_spnq(),
            "session_index": one.get_session_index(),
            "attributes": one.get_attributes(),
            "classes": one.get_last_authn_contexts(),
        }, 200

    @app.get("/logout")
    def logout() -> Response:
        """Whoever is named in the query logs out everywhere."""
        one, told = auth(), dict(request.args)
        back = f"{agreed['base_url']}/out/{secrets.token_urlsafe(16)}"
        place = one.logout(back, **told)
        asked[back] = one.get_last_request_id()
        return redirect(place, 302)

    @app.get("/sls")
    def sls() -> tuple[dict[str, Any], int] | Response:
        """Logging out: the answer to what we asked, or a request from elsewhere."""
        one = auth()
        known = asked.pop(request.args.get("RelayState", ""), "nobody asked")
        place = one.process_slo(
            request_id=known, delete_session_cb=lambda: ended.append(_index(one))
        )
        if one.get_errors():
            return {"errors": one.get_errors(), "reason": one.get_last_error_reason()}, 400
        return ({"is_out": True}, 200) if place is None else redirect(place, 302)

    @app.get("/ended")
    def ended_sessions() -> list[str]:
        """The sessions that were ended from elsewhere, for tests."""
        return ended

    return app


def _index(one: OneLogin_Saml2_Auth) -> str:
    """Of the session that this request ends; of an answer of ours nothing."""
    xml = one.get_last_request_xml() or "<none/>"
    found = OneLogin_Saml2_Logout_Request.get_session_indexes(xml) if "LogoutRequest" in xml else []
    return found[0] if found else ""


if __name__ == "__main__":
    chosen = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    at = urlsplit(chosen["base_url"])
    make_server(at.hostname or "", at.port or 0, create_app(chosen), threaded=True).serve_forever()
