"""What the user is asked to agree to (A16)."""

from __future__ import annotations

from dataclasses import dataclass

from broker.journey.pages.frame import Frame


@dataclass(frozen=True)
class ShownDocument:
    """In the language of the page. ``control``: what stands at the bottom of the document as well;
    ``kind`` and ``size`` of the file; ``lang``: the language of title and summary, "" where the
    portal does not say it.
    """

    title: str
    summary: str
    amount: str | None
    answer_before: str | None
    control: str
    url: str
    kind: str
    size: str
    may_deposit: bool
    lang: str = ""


@dataclass(frozen=True)
class DocumentRecap:
    """What a code confirms. ``lang``: of the title, as above."""

    title: str
    amount: str | None
    agrees: bool
    lang: str = ""


@dataclass(frozen=True)
class DocumentPage:
    """``fingerprint`` comes back with the form: what was answered. ``asks_code``: a code follows,
    ``asks_login``: a login at the makelaar. ``error``: ``choice`` where none was made, ``remark``
    where it cannot be kept.
    """

    frame: Frame
    document: ShownDocument
    fingerprint: str
    asks_code: bool
    asks_login: bool = False
    choice: str | None = None
    remark: str = ""
    deposit: bool = False
    error: str | None = None
    template: str = "journey/document.html"
