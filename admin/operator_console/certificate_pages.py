"""What the screen of our own certificates shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin.keys.certificates import OwnCertificate
from admin.operator_console.pages import DeskFrame
from keys.certificate_ends import EndingCertificate


@dataclass(frozen=True)
class PartyRow:
    """A makelaar (``role`` is ``sp``) or portal (``idp``), its own address of our metadata, and
    when that was read; None: never. ``by_browser``: the next certificate was read by a browser
    alone.
    """

    role: str
    name: str
    address: str
    current_at: datetime | None
    next_at: datetime | None
    by_browser: bool


@dataclass(frozen=True)
class CertificatesPage:
    """``rolls``: the roles, as in ``PartyRow``, in which a next certificate waits."""

    desk: DeskFrame
    certificates: tuple[OwnCertificate, ...]
    endings: tuple[EndingCertificate, ...]
    parties: tuple[PartyRow, ...]
    rolls: frozenset[str]
    template: str = "operator_console/certificates.html"
