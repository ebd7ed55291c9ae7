"""The address at which a login begins here, for one portal."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from werkzeug.wrappers import Response

from broker.downstream import LoginRequest
from broker.runtime import runtime
from broker.saml.addresses import START_PATH
from broker.saml.errors import UntrustedRequest
from broker.saml.refusals import NoteRefusal, kept
from broker.saml.started_here import RELAY_STATE, SERVICE, start, unknown
from broker.web import rate_limits
from broker.web.endpoints import Endpoint
from directory.saml_portals import SamlServiceProvider


def add_start(
    blueprint: Blueprint, open_login: Callable[[LoginRequest], Response], note: NoteRefusal
) -> None:
    """Put it on the blueprint of the identity provider."""

    @blueprint.get(f"{START_PATH}/<path:client_id>", merge_slashes=False)
    @Endpoint(limit="authorize", kept=(SERVICE, RELAY_STATE))
    def start_here(client_id: str) -> Response:
        """Begin a login for a portal that did not ask, where its registration allows that."""
        rt = runtime()
        portal = rt.configuration.relying_parties.get(client_id)
        try:
            if not isinstance(portal, SamlServiceProvider):
                raise unknown(client_id)
            rate_limits.count_client(rt, "authorize", client_id)
            fields = tuple(request.args.items(multi=True))
            asked = start(fields, portal, rt.configuration.services, rt.clock())
        except UntrustedRequest as error:
            raise kept(rt, error, note) from None
        return open_login(asked)
