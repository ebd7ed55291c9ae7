"""Announcements and help desks as pages show them: in the language of the page, about the login
that the request is about. Everything comes from the configuration in process, however old: an
error page works while the database is away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from flask import g
from flask_babel import gettext, lazy_gettext

from broker.configuration import Configuration
from broker.runtime import Runtime, runtime
from broker.settings_sections import Ui
from broker.web.announcement_page import AnnouncementNote, HelpDeskCard, Spoken
from broker.web.current_request import current_notes
from broker.web.language import locale
from directory.announcements import Announcement, holding, told
from directory.fields import Words
from directory.help_desks import HelpDesk, who_helps
from directory.services import Service
from providers.registry import ProviderRecord

NOT_NOW: Final = lazy_gettext("Nu niet beschikbaar. Probeer het later opnieuw.")


@dataclass(frozen=True)
class About:
    """The login that this request is about: its service, and its makelaar where there is one."""

    service_uuid: str
    provider_id: str | None


def remember_about(service_uuid: str, provider_id: str | None) -> None:
    """Texts of this service and makelaar fit on what follows."""
    current_notes().about = About(service_uuid, provider_id)


def notes(found: Iterable[Announcement]) -> tuple[AnnouncementNote, ...]:
    """In the language of the page."""
    return tuple(AnnouncementNote(o.about, spoken(o.title), spoken(o.text)) for o in found)


def notes_on_error(rt: Runtime) -> tuple[AnnouncementNote, ...]:
    """What may explain an error: about the site, and the service and makelaar of this login."""
    configuration, login = rt.holder.last, about()
    if configuration is None:
        return ()
    service = login.service_uuid if login else None
    makelaar = login.provider_id if login else None
    now = rt.clock()
    return notes(told(configuration.announcements, at=now, service=service, makelaar=makelaar))


def notes_of_now(rt: Runtime) -> tuple[AnnouncementNote, ...]:
    """All that any page tells now, whomever it concerns, with what it is about: announcements, and
    what the list of makelaars says of one.
    """
    configuration = rt.holder.last
    if configuration is None:
        return ()
    announced = holding(configuration.announcements, at=rt.clock())
    told = [replace(notes([one])[0], place=_place(configuration, one)) for one in announced]
    already = {one.makelaar for one in announced}
    records = configuration.providers.by_name
    told += [_of_record(one) for one in records if one.notice is not None]
    told += [
        _of_record(one)
        for one in records
        if one.state != "live" and one.notice is None and one.id not in already
    ]
    return tuple(sorted(told, key=lambda note: note.about != "outage"))


def _of_record(record: ProviderRecord) -> AnnouncementNote:
    """What the list of makelaars says of this one."""
    is_paused = record.state != "live"
    text = record.notice.in_(locale()) if record.notice is not None else NOT_NOW
    return AnnouncementNote(
        about="outage" if is_paused else "information",
        title=Spoken(gettext("Nu niet te kiezen") if is_paused else gettext("Mededeling")),
        text=Spoken(str(text)),
        place=Spoken(record.name),
    )


def _place(configuration: Configuration, one: Announcement) -> Spoken | None:
    service = configuration.services.get(one.service or "")
    if service is not None:
        return Spoken(service.name.in_(locale()))
    makelaar = configuration.providers.get(one.makelaar or "")
    return Spoken(makelaar.name) if makelaar is not None else None


def help_desk() -> HelpDeskCard | None:
    """Who helps on this page: of the service, of the site, or as the settings say; where nobody is
    named, whom the service itself names. For templates.
    """
    rt, login = runtime(), about()
    known, uuid = rt.holder.last, login.service_uuid if login else None
    if known is None:
        return _of_settings(rt.settings.ui)
    desk = who_helps(known.help_desks, uuid)
    if desk is not None:
        return _card(desk)
    return _of_settings(rt.settings.ui) or _of_service(known.services.get(uuid or ""))


def makelaar_of_request(rt: Runtime) -> str | None:
    """The makelaar of the login that this request is about, by name."""
    configuration, login = rt.holder.last, about()
    if configuration is None or login is None:
        return None
    record = configuration.providers.get(login.provider_id or "")
    return record.name if record is not None else None


def spoken(words: Words) -> Spoken:
    """The words, marked where they are not in the language of the page."""
    text, language = words.in_(locale())
    return Spoken(text, language if language != locale() else None)


def about() -> About | None:
    """What this request is about, where that is known."""
    known: About | None = getattr(g, "about", None)
    return known


def _card(desk: HelpDesk) -> HelpDeskCard:
    return HelpDeskCard(
        name=spoken(desk.name),
        phone=desk.phone,
        dial=_dial(desk.phone),
        hours=spoken(desk.hours) if desk.hours is not None else None,
        email=desk.email,
        url=desk.url,
    )


def _of_service(service: Service | None) -> HelpDeskCard | None:
    if service is None or service.help_phone is None:
        return None
    phone, name = service.help_phone, Spoken(service.provider_name.in_(locale()))
    return HelpDeskCard(name=name, phone=phone, dial=_dial(phone), url=service.help_url)


def _of_settings(ui: Ui) -> HelpDeskCard | None:
    if ui.support_phone is None and ui.support_url is None:
        return None
    return HelpDeskCard(phone=ui.support_phone, dial=_dial(ui.support_phone), url=ui.support_url)


def _dial(phone: str | None) -> str | None:
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+") if phone else None
