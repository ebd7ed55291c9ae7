"""Where the mails of these tests go, and what is in them beside a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from state.outbox import Message

SITE = "https://login.example"
TO = "jan@voorbeeld.example"
REFERENCE = "7K3QX9AB"
CODE = "K7QX-29MD"
DAY = date(2027, 11, 29)
MOMENT = datetime(2027, 11, 29, 22, 59, 59, tzinfo=UTC)
Mail = Callable[[str, str], Message]  # of a language and a name
