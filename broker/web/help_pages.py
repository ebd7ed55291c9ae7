"""Help (A27): short pages in plain words, at the same place in every footer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort
from flask_babel import ngettext
from werkzeug.wrappers import Response

from broker.runtime import runtime
from broker.settings_sections import Retention
from broker.texts.help import DISRUPTIONS, TOPICS
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
    kept = _kept(runtime().settings.retention)
    said = tuple((head, str(text) % kept) for head, text in sections)
    now = notes_of_now(runtime()) if name == DISRUPTIONS else None
    return show(HelpTopicPage(title, said, now))


def _kept(retention: Retention) -> dict[str, str]:
    """How long this installation keeps things, in words."""
    return {
        "trace": _duration(retention.trace_days),
        "history": _duration(retention.history_days),
        "session": _duration(retention.session_days),
    }


def _duration(days: int) -> str:
    months = days // 30
    if months < 3:
        return ngettext("%(num)d dag", "%(num)d dagen", days)
    return ngettext("%(num)d maand", "%(num)d maanden", months)
