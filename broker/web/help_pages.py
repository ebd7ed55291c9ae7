"""Help (A27): short pages in plain words, at the same place in every footer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort
from flask_babel import format_date, ngettext
from werkzeug.wrappers import Response

from broker.runtime import runtime
from broker.settings import Settings
from broker.texts import accessibility
from broker.texts.help import ACCESSIBILITY, DISRUPTIONS, TOPICS
from broker.web.announcement_page import AnnouncementNote
from broker.web.announcements import notes_of_now
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.responses import show

blueprint = Blueprint("help", __name__, url_prefix="/hulp")
declare_blueprint(
    blueprint,
    Endpoint(limit=None, because="from memory, the same for everybody", only_reads=True),
)


@dataclass(frozen=True)
class HelpIndexPage:
    topics: tuple[tuple[str, str], ...]
    template: str = "web/help_index.html"


@dataclass(frozen=True)
class HelpTopicPage:
    title: str
    sections: tuple[tuple[str, str], ...]
    announcements: tuple[AnnouncementNote, ...] | None = (
        None  # where the topic is what goes wrong now
    )
    findings: tuple[str, ...] = ()  # of the accessibility statement
    statement_url: str | None = None  # where the organisation that runs the site keeps its own
    template: str = "web/help_topic.html"


@blueprint.get("/")
def index() -> Response:
    """All topics."""
    topics = tuple((name, title) for name, (title, _sections) in TOPICS.items())
    return show(HelpIndexPage(topics))


@blueprint.get("/<name>")
def topic(name: str) -> Response:
    """One topic."""
    if name not in TOPICS:
        abort(404)
    title, sections = TOPICS[name]
    settings = runtime().settings
    known = _known(settings)
    is_statement = name == ACCESSIBILITY
    page = HelpTopicPage(
        title,
        tuple((head, str(text) % known) for head, text in sections),
        notes_of_now(runtime()) if name == DISRUPTIONS else None,
        _findings(known) if is_statement else (),
        settings.ui.accessibility_url if is_statement else None,
    )
    return show(page)


def _findings(known: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{accessibility.STANDARD}, {one.criterion} ({one.name}): {str(one.what) % known}"
        for one in accessibility.FINDINGS
    )


def _known(settings: Settings) -> dict[str, str]:
    """What is particular to this installation, in words."""
    kept, minutes = settings.retention, settings.login.transaction_minutes
    return {
        "trace": _duration(kept.trace_days),
        "history": _duration(kept.history_days),
        "session": _duration(kept.session_days),
        "hours": ngettext("%(num)d uur", "%(num)d uur", settings.login.session_hours),
        "login": ngettext("%(num)d minuut", "%(num)d minuten", minutes),
        "measured": format_date(accessibility.MEASURED_ON, "d MMMM y"),
    }


def _duration(days: int) -> str:
    months = days // 30
    if months < 3:
        return ngettext("%(num)d dag", "%(num)d dagen", days)
    return ngettext("%(num)d maand", "%(num)d maanden", months)
