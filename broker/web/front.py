"""The address of this website itself, where no login begins: it says to whom to go."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from broker.runtime import Runtime, runtime
from broker.web.endpoints import Endpoint
from broker.web.front_page import FrontPage
from broker.web.language import locale
from broker.web.responses import show

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@Endpoint(limit=None, because="from memory, the same for everybody", only_reads=True)
def index() -> Response:
    """What this is; portals by name in a demo."""
    rt = runtime()
    return show(FrontPage(_portals(rt) if rt.settings.ui.demo else ()))


def _portals(rt: Runtime) -> tuple[tuple[str, str], ...]:
    """The first client of each home page, by name."""
    homes: dict[str, str] = {}
    for client in rt.configuration.relying_parties.values():
        if client.home_url is not None:
            homes.setdefault(client.home_url, client.name.in_(locale()))
    return tuple(sorted((name, url) for url, name in homes.items()))
