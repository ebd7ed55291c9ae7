"""More time in a console: any page of it gives that, and this one only that. It opens beside a form
that is not filled in yet, so that nothing typed is lost; the script of a page asks it out of sight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.language import locale
from broker.web.responses import show
from broker.web.time_left import TimeLeft, asks_facts, facts, shown_time
from directory.consoles import CONSOLES

blueprint = Blueprint("console_time", __name__)
_AT: Final = {console.path.strip("/"): console for console in CONSOLES}


@dataclass(frozen=True)
class MoreTimePage:
    """``console``: its name in the language of the page."""

    time: TimeLeft
    console: str
    template: str = "console/more_time.html"


@Endpoint(limit="console")
def more_time(where: str) -> Response:
    """Until when this session stands, now that it was used once more. Who has none logs in, a
    script hears that there is none.
    """
    console = _AT[where]
    session, time = sessions.current(console), shown_time()
    if session is None or time is None:
        return Response(status=401) if asks_facts() else sessions.log_in(console)
    if asks_facts():
        return facts(time)
    return show(MoreTimePage(time, console.service.name.in_(locale())))


for _name in _AT:
    blueprint.add_url_rule(f"/{_name}/tijd", view_func=more_time, defaults={"where": _name})
