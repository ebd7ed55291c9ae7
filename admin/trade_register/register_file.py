"""The trade register as a file: YAML with a list of entries, or CSV with a line per branch. For
whom the API is too much, and for tests. It is read each time that somebody asks.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from admin.trade_register.entries import RegisterEntry, RegisterTrouble

MOST_BYTES: Final = 20 * 1024 * 1024
COLUMNS: Final = ("kvk", "name", "rsin", "address", "branch", "branch_name", "branch_address")
_ENTRIES: Final = TypeAdapter(tuple[RegisterEntry, ...])


class RegisterFile:
    """``path``: ends in ``.yaml``, ``.yml`` or ``.csv``."""

    source = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, kvk: str) -> RegisterEntry | None:
        """Raises RegisterTrouble."""
        return next((entry for entry in read(self._path) if entry.kvk == kvk), None)


def read(path: Path) -> tuple[RegisterEntry, ...]:
    """Every entry. Raises RegisterTrouble."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RegisterTrouble("file_too_large")
        text = path.read_text(encoding="utf-8-sig")
        found = _of_csv(text) if path.suffix == ".csv" else yaml.safe_load(text)
        entries = _ENTRIES.validate_python(found or ())
    except (OSError, UnicodeDecodeError):
        raise RegisterTrouble("file_not_readable") from None
    except (yaml.YAMLError, ValidationError, csv.Error, KeyError):
        raise RegisterTrouble("file_not_understood") from None
    if len({entry.kvk for entry in entries}) != len(entries):
        raise RegisterTrouble("number_twice")
    return entries


def _of_csv(text: str) -> list[dict[str, Any]]:
    """Lines of one number belong together; the first says what the organisation is."""
    between = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=between)
    if set(rows.fieldnames or ()) - set(COLUMNS) or "kvk" not in (rows.fieldnames or ()):
        raise RegisterTrouble("file_not_understood")
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        values = {name: value.strip() for name, value in row.items() if name and value}
        entry = found.setdefault(
            values["kvk"],
            {
                **{name: values[name] for name in COLUMNS[:4] if values.get(name)},
                "branches": [],
            },
        )
        if values.get("branch"):
            branch = {
                "number": values["branch"],
                "name": values.get("branch_name") or entry.get("name"),
                "address": values.get("branch_address") or None,
            }
            entry["branches"].append(branch)
    return list(found.values())
