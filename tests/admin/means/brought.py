"""Identity documents that Jan of the bakery brings for Noa, who is new."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.means import asking, identity_documents
from admin.means.document_files import MediaType
from admin.means.identity_documents import (
    AboutDocument,
    DocumentDraft,
    JudgedFile,
)
from assurance.identity_documents import (
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from assurance.means_requests import MeansRequest
from state.db import writing
from tests import scans
from tests.admin.means.conftest import around, wish

PASSPORT = AboutDocument(IdentityDocumentKind.PASSPORT, date(2030, 1, 1))
CARD = AboutDocument(IdentityDocumentKind.IDENTITY_CARD, date(2030, 1, 1))
ONE_FILE = AboutDocument(IdentityDocumentKind.IDENTITY_CARD, date(2030, 1, 1), in_one_file=True)
WHOLE, FRONT, BACK = DocumentSide.WHOLE, DocumentSide.FRONT, DocumentSide.BACK
FILE = JudgedFile(MediaType.PDF, scans.pdf(b"% naam van Noa\n"), "clamd")
DRAFT = DocumentDraft("d" * 26, "n" * 26)
ADMIN = around(documents=True)
DAY = timedelta(days=1)


def bring(
    session: Session,
    about: AboutDocument = PASSPORT,
    *sides: DocumentSide,
    by: Any = ADMIN,
    draft: DocumentDraft = DRAFT,
) -> None:
    with writing(session):
        identity_documents.bring(session, by, draft, about, dict.fromkeys(sides, FILE))


def ask(session: Session, by: Any = ADMIN, **facts: Any) -> MeansRequest:
    with writing(session):
        return asking.ask(session, by, wish(**{"documents": DRAFT, **facts}))


def files(session: Session) -> list[IdentityDocumentFile]:
    session.expire_all()
    query = select(IdentityDocumentFile).order_by(IdentityDocumentFile.side)
    return list(session.scalars(query))
