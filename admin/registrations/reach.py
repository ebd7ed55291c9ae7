"""Reach: a service whose level no makelaar gives can be registered, and nobody can log in there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from admin.registrations.rule import Breach
from assurance.step_up import can_reach
from directory.services import Service
from providers.members import is_admitted
from providers.registry import ProviderRecord
from state.registrations import Kind, all_registrations, read_as


def makelaars(session: Session, entries: Iterable[Entry]) -> Mapping[str, ProviderRecord]:
    """Those that would stand, as the documents or else the registrations have them."""
    standing = [
        read_as(row, ProviderRecord)
        for row in all_registrations(session)
        if row.kind is Kind.IDENTITY_PROVIDER
    ]
    given = [entry.model for entry in entries if isinstance(entry.model, ProviderRecord)]
    return {record.id: record for record in (*standing, *given)}


def warnings(entry: Entry, makelaars: Mapping[str, ProviderRecord]) -> tuple[str, ...]:
    """For a service that has only makelaars to log in with, and none that reaches its level."""
    service = entry.model
    if not isinstance(service, Service) or service.email_accounts or service.own_means:
        return ()
    records = [one for one in makelaars.values() if is_admitted(service, one)]
    lifts = service.local_second_factor
    named = service.makelaars or ()
    if not records and not makelaars.keys().isdisjoint(named):
        return (
            str(
                Breach(
                    "makelaars",
                    "none of these makelaars serves it, so nobody can log in",
                    f"add {service.uuid} to services of one of them",
                )
            ),
        )
    if not records or any(can_reach(one, service.level, local_factor=lifts) for one in records):
        return ()
    return (
        str(
            Breach(
                "level",
                f"no makelaar here gives {service.level.label}, so nobody can log in",
                "add one that does to makelaars, raise a level_ceiling, or ask less",
            )
        ),
    )
