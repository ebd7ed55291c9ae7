"""Requests for means in the operator console: the queue, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from admin.means.overview import MeansEvent
from admin.operator_console.pages import DeskFrame
from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class MeansRequestRow:
    """One in the list. ``state``: ``open``, ``activation``, ``activation_expired``, ``done``,
    ``refused`` or ``withdrawn``; ``is_checked``: the identification that it needs is recorded.
    """

    id: str
    person: str
    organisation: str
    kvk: str
    level: str
    role: str
    kind: str
    asked_at: datetime
    state: str
    is_identified: bool
    is_checked: bool
    is_own: bool


@dataclass(frozen=True)
class MeansRequestsPage:
    desk: DeskFrame
    list: ListPage[MeansRequestRow]
    template: str = "operator_console/means_requests.html"


@dataclass(frozen=True)
class MeansCheck:
    """The identification that was recorded."""

    proof: str
    reference: str
    on: date
    by: str
    at: datetime


@dataclass(frozen=True)
class ShownScan:
    """A scan that this operator may look at. ``side``: ``whole``, ``front`` or ``back``;
    ``is_scanned``: somebody looked for viruses in it.
    """

    id: str
    kind: str
    side: str
    expires_on: date
    media_type: str
    kilobytes: int
    is_scanned: bool


@dataclass(frozen=True)
class MeansRequestPage:
    """One request. ``was``: the level of before, of a change; ``only_at`` and ``was_only_at``: the
    provider to whose services it is to be restricted, and is now; ``verdict``: what an approval by
    this operator would come to; ``denied``: it was tried; ``errors``: some of ``proof``,
    ``reference``, ``day``, ``reason`` and ``contract``; ``proofs``: how somebody can be identified;
    ``documents``: the scans of the identity document, and ``erased_on`` the day they go;
    ``is_document_gone``: they went before anybody decided.
    """

    desk: DeskFrame
    row: MeansRequestRow
    email: str | None
    factor: str
    mobile: str
    address: tuple[str, ...]
    places: tuple[str, ...]
    asked_by: str
    was: str
    only_at: str
    was_only_at: str
    check: MeansCheck | None
    proofs: tuple[str, ...]
    decided_by: str
    decided_at: datetime | None
    reason: str
    events: tuple[MeansEvent, ...]
    verdict: str
    documents: tuple[ShownScan, ...] = ()
    erased_on: date | None = None
    is_document_gone: bool = False
    denied: bool = False
    done: str = ""
    given_proof: str = ""
    given_reference: str = ""
    given_day: str = ""
    given_contract: str = ""
    given_reason: str = ""
    errors: frozenset[str] = frozenset()
    template: str = "operator_console/means_request.html"
