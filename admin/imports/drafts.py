"""A file that was read and tried, until somebody says that it may be done."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from admin.drafts import Draft, Drafts
from admin.imports.columns import SheetRow


class ImportKind(enum.StrEnum):
    """What is in a file; also the word in addresses."""

    PEOPLE = "gebruikers"
    MANDATES = "machtigingen"


@dataclass(frozen=True)
class ImportDraft(Draft):
    """``done``: how many rows changed something, once that has happened; the rows are gone then."""

    kind: ImportKind = ImportKind.PEOPLE
    rows: tuple[SheetRow, ...] = ()
    done: int | None = None


IMPORT_DRAFTS: Final = Drafts("import-draft", ImportDraft)
