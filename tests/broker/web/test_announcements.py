"""What pages tell: in their language, about the login at hand, also while the database is away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from broker.runtime import Runtime
from broker.web.announcement_page import HelpDeskCard, Spoken
from broker.web.announcements import (
    help_desk,
    notes_of_now,
    notes_on_error,
    remember_about,
    spoken,
)
from directory.announcements import Announcement
from directory.fields import Words
from directory.help_desks import HelpDesk
from tests.broker.examples import OTHER_SERVICE, SERVICE, a_record, a_service
from tests.broker.runtimes import FixedHolder, bare_app, make_configuration, make_runtime
from tests.clocks import START


def announcement(name: str, **fields: Any) -> Announcement:
    text = {"nl": f"tekst {name}", "en": f"text {name}"}
    base = {"id": name, "about": "outage", "title": text, "text": text}
    return Announcement.model_validate({**base, **fields})


ALL = (
    announcement("site"),
    announcement("service", service=SERVICE),
    announcement("makelaar", makelaar="zekerweg"),
    announcement("elsewhere", service=OTHER_SERVICE),
    announcement("over", until=START.isoformat()),
    announcement("later", **{"from": (START + timedelta(hours=1)).isoformat()}),
)
SITE = HelpDesk.model_validate(
    {"name": {"nl": "Helpdesk"}, "phone": "+31 (0)88-123 45 67", "hours": {"nl": "op werkdagen"}}
)
OF_SERVICE = HelpDesk.model_validate(
    {
        "service": SERVICE,
        "name": {"nl": "Meldpunt", "en": "Desk"},
        "email": "help@voorbeeld.example",
    }
)


def running(
    *desks: HelpDesk, of: Mapping[str, Any] = MappingProxyType({}), **sections: Any
) -> Runtime:
    """``of``: fields of the service."""
    configuration = make_configuration(
        services=(a_service(**of),), providers=(a_record(),), announcements=ALL, help_desks=desks
    )
    return make_runtime(configuration, **sections)


def unloaded(**sections: Any) -> Runtime:
    """A process that could never read its registrations."""
    rt = make_runtime(**sections)
    assert isinstance(rt.holder, FixedHolder)
    rt.holder.fixed = None
    return rt


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (None, {"site"}),
        ((SERVICE, None), {"site", "service"}),
        ((SERVICE, "zekerweg"), {"site", "service", "makelaar"}),
        (("1" * 36, "another"), {"site"}),
    ],
)
def test_an_error_is_explained_by_what_concerns_this_login_now(
    about: tuple[str, str | None] | None, told: set[str]
) -> None:
    rt = running()
    with bare_app(rt).test_request_context():
        if about is not None:
            remember_about(*about)
        found = notes_on_error(rt)
    assert {note.title.text for note in found} == {f"tekst {name}" for name in told}
    assert all(note.place is None for note in found)


def test_all_that_is_told_now_says_what_it_is_about_by_name() -> None:
    rt = running()
    with bare_app(rt).test_request_context("/?ui=en"):
        found = {note.title.text: note.place for note in notes_of_now(rt)}
    assert found == {
        "text site": None,
        "text service": Spoken("Meldpunt (en)"),
        "text makelaar": Spoken("Zekerweg"),
        "text elsewhere": None,  # a service that is not registered has no name
    }


def test_without_registrations_there_is_nothing_to_tell_and_no_error() -> None:
    rt = unloaded()
    with bare_app(rt).test_request_context():
        assert notes_on_error(rt) == notes_of_now(rt) == ()
        assert help_desk() is None


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("nl", Words(nl="a", en="b"), Spoken("a")),
        ("en", Words(nl="a", en="b"), Spoken("b")),
        ("en", Words(nl="a"), Spoken("a", "nl")),
    ],
)
def test_a_text_in_another_language_than_the_page_is_marked(
    language: str, words: Words, said: Spoken
) -> None:
    with bare_app().test_request_context(f"/?ui={language}"):
        assert spoken(words) == said


def helping(rt: Runtime, service: str | None) -> HelpDeskCard | None:
    with bare_app(rt).test_request_context("/?ui=en"):
        if service is not None:
            remember_about(service, None)
        return help_desk()


def test_the_help_desk_is_that_of_the_service_else_of_the_site_else_of_the_settings() -> None:
    settings = {"ui": {"support_phone": "088-765 43 21"}}
    rt = running(SITE, OF_SERVICE, **settings)
    assert helping(rt, SERVICE) == HelpDeskCard(name=Spoken("Desk"), email="help@voorbeeld.example")
    of_site = HelpDeskCard(
        name=Spoken("Helpdesk", "nl"),
        phone=SITE.phone,
        dial="+310881234567",
        hours=Spoken("op werkdagen", "nl"),
    )
    assert helping(rt, OTHER_SERVICE) == helping(rt, None) == of_site
    of_settings = HelpDeskCard(phone="088-765 43 21", dial="0887654321")
    assert helping(running(OF_SERVICE, **settings), None) == of_settings
    assert helping(unloaded(**settings), SERVICE) == of_settings
    assert helping(running(), None) is None


def test_a_service_that_names_a_telephone_helps_where_nobody_else_does() -> None:
    facts = {"help_phone": "088-111", "help_url": "https://hulp.example/"}
    own = HelpDeskCard(
        name=Spoken("Provincie (en)"), phone="088-111", dial="088111", url="https://hulp.example/"
    )
    assert helping(running(of=facts), SERVICE) == own
    assert helping(running(of=facts), None) is None
    assert helping(running(of={"help_url": "https://hulp.example/"}), SERVICE) is None
    # Who can look up the code of a page comes first.
    assert helping(running(SITE, of=facts), SERVICE) == helping(running(SITE), SERVICE)
    assert helping(running(OF_SERVICE, of=facts), SERVICE) == helping(running(OF_SERVICE), SERVICE)
    settings = {"ui": {"support_phone": "088-765 43 21"}}
    of_settings = helping(running(**settings), SERVICE)
    assert helping(running(of=facts, **settings), SERVICE) == of_settings
