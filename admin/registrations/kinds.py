"""Kinds of documents: the one table of what can be registered, in the order in which documents are
written.

A new kind is one entry here, beside its model: in ``documents`` where it becomes rows, else in
``state.registrations.Kind`` and ``broker.configuration``, which gives a process its view of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from admin.registrations import (
    account_rows,
    dependents,
    federation_rows,
    identity_rows,
    mandate_rows,
    metadata_rows,
    metadata_sources,
    registered,
    rows,
    saml_portal_rules,
    service_indexes,
)
from admin.registrations.applier import Write
from admin.registrations.at_hand import some
from admin.registrations.dependents import Withdrawal
from admin.registrations.documents import (
    ChainMandateDocument,
    Entry,
    MandateDocument,
    OrganisationDocument,
    PersonDocument,
)
from broker.configuration import MODELS, model_of
from broker.settings import Settings
from directory.announcements import Announcement
from directory.consoles import CONSOLE_SERVICES
from directory.help_desks import HelpDesk
from directory.organisations import Organisation
from directory.people import Person
from directory.saml_portals import SamlServiceProvider
from directory.services import RelyingParty, Service
from providers.federations import Federation
from providers.registry import ProviderRecord
from state.registrations import Kind

# An entry with all that must be known of it, at this moment; the session is for what is kept.
Complete = Callable[[Entry, Settings, datetime, Session], Entry]

# Which of these names there are; more than were asked for does no harm.
Names = Callable[[Session, Collection[str]], Iterable[str]]


class Reference(NamedTuple):
    """A document names another thing: in which field, of which kind, and its name."""

    field: str
    kind: str
    name: str


@dataclass(frozen=True)
class DocumentKind:
    """Everything that differs from kind to kind.

    ``models``: what its documents can be; ``of``: which one a document is, None for the only one.
    ``refers_to``: the things that must stand for this document to be right. ``names``: what can be
    referred to beside the registrations and the documents at hand, of what is. ``conflicts``:
    mistakes between documents, a line each. ``complete``: what is fetched before anything is
    written. ``person``: whom the document is about, for the audit. ``withdrawal``: what leaves
    with it; None for a kind that is no registration: of those ``pruning`` ends what documents
    gave, and the rows stay.
    """

    name: str
    models: tuple[type[BaseModel], ...]
    write: Write
    refers_to: Callable[[Any], Iterable[Reference]] = lambda _: ()
    names: Names = lambda *_: ()
    conflicts: Callable[[Session, list[Entry]], Iterable[str]] = lambda *_: ()
    complete: Complete = lambda entry, *_: entry
    person: Callable[[Any], str | None] = lambda _: None
    withdrawal: Withdrawal | None = None
    of: Callable[[Mapping[str, Any]], type[BaseModel]] | None = None

    def model_of(self, document: Mapping[str, Any]) -> type[BaseModel]:
        """What this document is, by its fields."""
        return self.models[0] if self.of is None else self.of(document)


def _among(column: InstrumentedAttribute[str]) -> Names:
    """Of a million people only those who are named are asked for."""

    def names(session: Session, wanted: Collection[str]) -> Iterator[str]:
        for asked in some(sorted(wanted)):
            yield from session.scalars(select(column).where(column.in_(asked)))

    return names


def _of_client(model: RelyingParty) -> Iterator[Reference]:
    for uuid in model.services:
        yield Reference("services", "Service", uuid)
    if model.default_service is not None and model.default_service not in model.services:
        yield Reference("default_service", "Service", f"{model.default_service} in services")
    if isinstance(model, SamlServiceProvider):
        for index, uuid in model.saml.services_by_index.items():
            if uuid not in model.services:
                field = f"saml.services_by_index.{index}"
                yield Reference(field, "Service", f"{uuid} in services")


def _of_service(model: Service) -> Iterator[Reference]:
    for name in model.makelaars or ():
        yield Reference("makelaars", "IdentityProvider", name)


def _of_makelaar(model: ProviderRecord | Federation) -> Iterator[Reference]:
    for uuid in () if model.services == "all" else model.services:
        yield Reference("services", "Service", uuid)


def _of_announcement(model: Announcement) -> Iterator[Reference]:
    if model.service is not None:
        yield Reference("service", "Service", model.service)
    if model.makelaar is not None:
        yield Reference("makelaar", "IdentityProvider", model.makelaar)


def _of_help_desk(model: HelpDesk) -> Iterator[Reference]:
    if model.service is not None:
        yield Reference("service", "Service", model.service)


def _of_person(model: PersonDocument) -> Iterator[Reference]:
    for identity in model.identities:
        yield Reference("identities", "IdentityProvider", identity.provider)
    for place in model.organisations:
        yield Reference("organisations", "Organisation", place.kvk)


def _of_mandate(model: MandateDocument) -> Iterator[Reference]:
    yield Reference("person", "Person", model.person)
    yield Reference("organisation", "Organisation", model.organisation)
    if model.service is not None:
        yield Reference("service", "Service", model.service)


def _of_chain_mandate(model: ChainMandateDocument) -> Iterator[Reference]:
    yield Reference("organisation", "Organisation", model.organisation)
    yield Reference("intermediary", "Organisation", model.intermediary)
    yield Reference("service", "Service", model.service)


def _of_people(session: Session, entries: list[Entry]) -> Iterator[str]:
    yield from account_rows.mistakes(session, entries)
    yield from identity_rows.mistakes(entries)


def _registered(
    kind: Kind,
    withdrawal: Withdrawal,
    *,
    refers_to: Callable[[Any], Iterable[Reference]] = lambda _: (),
    names: Names = lambda *_: (),
    conflicts: Callable[[Session, list[Entry]], Iterable[str]] = lambda *_: (),
    complete: Complete = lambda entry, *_: entry,
    write: Write | None = None,
) -> DocumentKind:
    """A kind whose documents are kept whole, validated by the model that a process runs on."""
    return DocumentKind(
        name=str(kind),
        models=MODELS[kind],
        of=partial(model_of, kind),
        write=write or registered.writer(kind),
        refers_to=refers_to,
        names=names,
        conflicts=conflicts,
        complete=complete,
        withdrawal=withdrawal,
    )


_ALL: Final = (
    DocumentKind(
        name="Organisation",
        models=(OrganisationDocument,),
        write=rows.write_organisation,
        names=_among(Organisation.kvk),
    ),
    _registered(
        Kind.SERVICE,
        dependents.OF_SERVICE,
        refers_to=_of_service,
        names=lambda *_: [service.uuid for service in CONSOLE_SERVICES],
        conflicts=service_indexes.conflicts,
    ),
    _registered(
        Kind.IDENTITY_PROVIDER,
        dependents.OF_MAKELAAR,
        refers_to=_of_makelaar,
        complete=metadata_sources.complete,
        write=metadata_rows.writer(Kind.IDENTITY_PROVIDER),
    ),
    _registered(
        Kind.FEDERATION,
        dependents.OF_FEDERATION,
        refers_to=_of_makelaar,
        write=federation_rows.write_federation,
    ),
    _registered(
        Kind.CLIENT,
        dependents.OF_CLIENT,
        refers_to=_of_client,
        conflicts=saml_portal_rules.conflicts,
        complete=metadata_sources.complete,
        write=metadata_rows.writer(Kind.CLIENT),
    ),
    _registered(Kind.ANNOUNCEMENT, dependents.OF_TEXT, refers_to=_of_announcement),
    _registered(Kind.HELP_DESK, dependents.OF_TEXT, refers_to=_of_help_desk),
    DocumentKind(
        name="Person",
        models=(PersonDocument,),
        write=rows.write_person,
        refers_to=_of_person,
        names=_among(Person.id),
        conflicts=_of_people,
        person=lambda model: model.id,
    ),
    DocumentKind(
        name="Mandate",
        models=(MandateDocument,),
        write=mandate_rows.write_mandate,
        refers_to=_of_mandate,
        person=lambda model: model.person,
    ),
    DocumentKind(
        name="ChainMandate",
        models=(ChainMandateDocument,),
        write=mandate_rows.write_chain_mandate,
        refers_to=_of_chain_mandate,
    ),
)
KINDS: Final[Mapping[str, DocumentKind]] = MappingProxyType({kind.name: kind for kind in _ALL})
REGISTERED: Final[Mapping[Kind, Withdrawal]] = MappingProxyType(
    {Kind(kind.name): kind.withdrawal for kind in _ALL if kind.withdrawal is not None}
)
