"""Channels to people: the adapters of the sections ``[mail]``, ``[sms]`` and ``[letters]``."""

from __future__ import annotations

from broker.settings import Settings
from state.adapters import make_adapter
from state.clock import Clock
from state.outbox import Adapter, Channel


def to_people(settings: Settings, clock: Clock) -> dict[Channel, Adapter]:
    """How mail, text messages and letters leave. Raises ValueError with what to write instead."""
    return {
        "mail": by_mail(settings, clock),
        "sms": by_sms(settings, clock),
        "letter": by_letter(settings, clock),
    }


def by_mail(settings: Settings, clock: Clock) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.mail.model_dump(), clock=clock)


def by_sms(settings: Settings, clock: Clock) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.sms.model_dump(), section="sms", clock=clock)


def by_letter(settings: Settings, clock: Clock) -> Adapter:
    """Raises ValueError with what to write instead."""
    return make_adapter(**settings.letters.model_dump(), section="letters", clock=clock)
