"""Documents: what a portal asks somebody to agree to, and what they answered.

The request is an authorization detail (RFC 9396 §2) of the type below; the answer goes back in one.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

TYPE: Final = "urn:sluis:document"
LONGEST_TITLE: Final = 80  # fits an SMS beside its code
LONGEST_SUMMARY: Final = 500
LONGEST_REMARK: Final = 500
MOST_BYTES: Final = 100_000_000
_DIGEST: Final = re.compile(r"sha-256:([0-9a-f]{64})")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?")
_MEDIA: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_LOCALE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_FIELDS: Final = frozenset(
    {"type", "title", "summary", "locale", "amount", "answer_before", "document", "may_deposit"}
)


class DocumentRefused(ValueError):
    """What was asked cannot be shown as a document. The text says what to send instead."""


@dataclass(frozen=True)
class Amount:
    """``value`` as the portal wrote it, with a point; ``currency`` by ISO 4217."""

    value: str
    currency: str


@dataclass(frozen=True)
class AskedDocument:
    """What is asked. ``digest``: SHA-256 of the file, 64 hex digits; ``size`` in bytes;
    ``answer_before``: the first day on which it is too late; ``may_deposit``: the user says whether
    it is deposited as well; ``locale``: the language of title and summary (BCP 47), "" where the
    portal does not say it.
    """

    title: str
    summary: str
    url: str
    digest: str
    media_type: str
    size: int
    amount: Amount | None = None
    answer_before: date | None = None
    may_deposit: bool = False
    locale: str = ""

    @property
    def control(self) -> str:
        """The first eight bytes of the digest, as people compare them: ``4F2A 91C0 7BD3 5E18``."""
        return " ".join(self.digest[at : at + 4] for at in range(0, 16, 4)).upper()

    @property
    def shown(self) -> str:
        """Fingerprint of all of it: an answer is about this and nothing else."""
        return hashlib.sha256(json.dumps(as_asked(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What somebody answered. ``shown`` is that of the document."""

    shown: str
    agrees: bool
    remark: str
    deposit: bool
    at: datetime


def read(text: str) -> AskedDocument:
    """The one document of ``authorization_details``. Raises DocumentRefused."""
    try:
        details = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentRefused("authorization_details is not JSON") from None
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise DocumentRefused("authorization_details is a list of one object")
    found = details[0]
    if found.get("type") != TYPE:
        raise DocumentRefused(f"the type is {TYPE}")
    unknown = sorted(set(found) - _FIELDS)
    if unknown:
        raise DocumentRefused(f"{unknown[0][:40]} is not known; send {', '.join(sorted(_FIELDS))}")
    file = found.get("document")
    if not isinstance(file, dict):
        raise DocumentRefused("document is an object with url, digest, media_type and size")
    may_deposit = found.get("may_deposit", False)
    if not isinstance(may_deposit, bool):
        raise DocumentRefused("may_deposit is true or false")
    return AskedDocument(
        title=_line(found, "title", LONGEST_TITLE),
        summary=_line(found, "summary", LONGEST_SUMMARY),
        url=_url(file.get("url")),
        digest=_match(file, "digest", _DIGEST, "sha-256: and 64 hex digits")[1],
        media_type=_match(file, "media_type", _MEDIA, "a media type in lower case")[0],
        size=_size(file.get("size")),
        amount=_amount(found.get("amount")),
        answer_before=_day(found.get("answer_before")),
        may_deposit=may_deposit,
        locale=_locale(found.get("locale")),
    )


def as_asked(document: AskedDocument) -> dict[str, Any]:
    """The authorization detail of this document."""
    found: dict[str, Any] = {
        "type": TYPE,
        "title": document.title,
        "summary": document.summary,
        "document": {
            "url": document.url,
            "digest": f"sha-256:{document.digest}",
            "media_type": document.media_type,
            "size": document.size,
        },
    }
    if document.amount is not None:
        found["amount"] = {"value": document.amount.value, "currency": document.amount.currency}
    if document.answer_before is not None:
        found["answer_before"] = document.answer_before.isoformat()
    if document.may_deposit:
        found["may_deposit"] = True
    if document.locale:
        found["locale"] = document.locale
    return found


def as_answered(document: AskedDocument, answer: Answer, reference: str) -> dict[str, Any]:
    """The same with what was answered (RFC 9396 §7.1)."""
    said: dict[str, Any] = {
        "decision": "agreed" if answer.agrees else "declined",
        "time": int(answer.at.timestamp()),
        "reference": reference,
    }
    if answer.remark:
        said["remark"] = answer.remark
    if document.may_deposit:
        said["deposit"] = answer.deposit
    return {**as_asked(document), "answer": said}


def remark_of(text: str) -> str | None:
    """A remark as it is kept; None for one that is too long or holds what is no text."""
    plain = "\n".join(line.strip() for line in text.strip().splitlines())
    is_text = all(one.isprintable() or one == "\n" for one in plain)
    return plain if is_text and len(plain) <= LONGEST_REMARK else None


def _line(found: dict[str, Any], name: str, most: int) -> str:
    text = found.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > most or not text.isprintable():
        raise DocumentRefused(f"{name} is a line of text of {most} characters at most")
    return text.strip()


def _match(found: dict[str, Any], name: str, pattern: re.Pattern[str], what: str) -> re.Match[str]:
    text = found.get(name)
    match = pattern.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise DocumentRefused(f"document.{name} is {what}")
    return match


def _url(text: Any) -> str:
    wrong = DocumentRefused("document.url is an https address of your own, without a fragment")
    if not isinstance(text, str) or len(text) > 2000 or not text.isascii() or " " in text:
        raise wrong
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.fragment:
        raise wrong
    if parts.username is not None or not text.isprintable():
        raise wrong
    return text


def _size(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_BYTES:
        raise DocumentRefused(f"document.size is a number of bytes, {MOST_BYTES} at most")
    return value


def _amount(found: Any) -> Amount | None:
    if found is None:
        return None
    value = found.get("value") if isinstance(found, dict) else None
    currency = found.get("currency") if isinstance(found, dict) else None
    is_value = isinstance(value, str) and _AMOUNT.fullmatch(value)
    if not is_value or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise DocumentRefused('amount is {"value": "1284.50", "currency": "EUR"}')
    return Amount(str(value), currency)


def _locale(text: Any) -> str:
    if text is None:
        return ""
    if not isinstance(text, str) or not _LOCALE.fullmatch(text):
        raise DocumentRefused("locale is the language of title and summary, such as nl or en-GB")
    return text


def _day(text: Any) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise DocumentRefused("answer_before is a day such as 2026-11-29") from None
