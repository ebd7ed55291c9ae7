"""Channels to people and to who sends invoices: the adapters of the sections ``[mail]``, ``[sms]``,
``[letters]`` and ``[invoicing]``.
"""

from __future__ import annotations

from broker.outgoing import way_out
from broker.settings import Settings, SettingsError
from state.adapters import make_adapter
from state.adapters.way_out import WayOut
from state.clock import Clock
from state.outbox import Adapter, Channel


def to_people(settings: Settings, clock: Clock) -> dict[Channel, Adapter]:
    """How mail, text messages and letters leave. Raises ValueError with what to write instead."""
    try:
        way = way_out(settings)
    except SettingsError as error:
        raise ValueError(str(error)) from None
    return {
        "mail": by_mail(settings, clock, way),
        "sms": by_sms(settings, clock, way),
        "letter": by_letter(settings, clock, way),
    }


def by_mail(settings: Settings, clock: Clock, way: WayOut) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.mail.model_dump(), clock=clock, way=way)


def by_sms(settings: Settings, clock: Clock, way: WayOut) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.sms.model_dump(), section="sms", clock=clock, way=way)


def by_letter(settings: Settings, clock: Clock, way: WayOut) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.letters.model_dump(), section="letters", clock=clock, way=way)


def to_invoicing(settings: Settings, clock: Clock) -> Adapter:
    """How whoever sends invoices hears of changes. Raises ValueError with what to write instead."""
    try:
        way = way_out(settings)
    except SettingsError as error:
        raise ValueError(str(error)) from None
    chosen = settings.invoicing.model_dump()
    return make_adapter(**chosen, section="invoicing", clock=clock, way=way)
