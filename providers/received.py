"""What a makelaar wrote, within bounds: one set of rules for every protocol.

What people read is shown without signs that steer a screen or turn the direction of a text; what
machines read is a plain word or nothing; who somebody is never hangs on white space.
"""

from __future__ import annotations

import re
from typing import Final

MAX_NAME: Final = 200
MAX_EMAIL: Final = 254  # RFC 5321 §4.5.3.1.3, without the brackets
MAX_WORD: Final = 1024  # an entity identifier (SAML Core §8.3.6)
MAX_VALUES: Final = 100
MAX_TOLD: Final = 300  # signs of one value in a trace
MAX_MESSAGE: Final = 200  # signs of a sentence of the makelaar in a trace
NONE: Final = "none"
XML_SPACE: Final = " \t\r\n"  # what XML and JSON call white space
_WORD: Final = re.compile(r"[!-~]+")
_SPACES: Final = re.compile(r" {2,}")
_QUERY: Final = re.compile(r"(https?://[^\s?#]{1,200})[?#]\S*")
# What may be a BSN, KvK number or RSIN (no part of a UUID is), a token or a key: never in a trace,
# also not with signs in it that nobody sees, each of which is a question mark by then.
_NOT_TOLD: Final = re.compile(
    r"(?<!-[0-9a-f]{4}-)(?<![0-9])[0-9](?:\??[0-9]){7,}(?!-[0-9a-f]{4}-)"
    r"|\beyJ[\w.?-]{8,}|[\w+=~?-]{44,}",
    re.ASCII,
)


def shown(text: str) -> str | None:
    """A text for people, on one line; None where nothing is left.

    Signs that are not printed go: control characters, marks of direction, joiners, half surrogates.
    """
    spaced = (sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join("".join(spaced).split()) or None


def person_name(text: str) -> str | None:
    """The name of a person as pages and claims have it: a longer one is cut."""
    found = shown(text)
    return None if found is None else found[:MAX_NAME].rstrip()


def organisation_name(text: str) -> str | None:
    """The name of an organisation. A longer one is none: cut off it could be another's."""
    found = shown(text)
    return None if found is None or len(found) > MAX_NAME else found


def is_word(text: str, longest: int = MAX_WORD) -> bool:
    """True for a word of machines: visible ASCII, no longer than this."""
    return len(text) <= longest and _WORD.fullmatch(text) is not None


def email(text: str) -> str | None:
    """An address as it was written; None for what is none: it is never cut or mended."""
    name, at, host = text.partition("@")
    is_one = bool(name and at and host) and "@" not in host and " " not in text
    return text if is_one and len(text) <= MAX_EMAIL and text.isprintable() else None


def subject(text: str, longest: int) -> str | None:
    """The key of a person, without white space around it.

    None where it is empty or too long, and where white space or signs that are not seen inside it
    would make another person of what reads the same.
    """
    key = text.strip(XML_SPACE)
    is_plain = 0 < len(key) <= longest and key.isprintable() and "  " not in key
    return key if is_plain else None


def told(value: str | None, longest: int = MAX_TOLD) -> str:
    """A value of the protocol as a trace may hold it: on one line, not long, and with quotes where
    white space around it would not be seen. Never for what may be about a person.
    """
    if value is None:
        return NONE
    plain = "".join(sign if sign.isprintable() else "?" for sign in value[:longest])
    plain = f"{plain}…" if len(value) > longest else plain
    return plain if plain and plain == plain.strip() else f'"{plain}"'


def told_address(value: str | None) -> str:
    """The same of an address: without its query and fragment, and without a name and password."""
    if value is None:
        return NONE
    base, *more = re.split(r"([?#])", value, maxsplit=1)
    scheme, slashes, rest = base.partition("//")
    host, slash, path = rest.partition("/")
    bare = f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
    return told(f"{bare}{more[0]}…" if more else bare)


def masked(value: object, longest: int = MAX_TOLD) -> str:
    """Free text of others as a trace may hold it: on one line, cut, and without what could be a
    person or a secret: long numbers, addresses of people, tokens, what an address asks. In quotes
    where white space around it would not be seen; what is no text says so.
    """
    if value is None:
        return NONE
    if not isinstance(value, str):
        return "no text"
    signs = (
        sign if sign.isprintable() else " " if sign.isspace() else "?"
        for sign in value[: 4 * longest]
    )
    words = _SPACES.sub(" ", "".join(signs)).split(" ")
    text = _QUERY.sub(r"\1", " ".join("…" if "@" in word else word for word in words))
    text = _NOT_TOLD.sub("…", text)
    text = text if len(text) <= longest else f"{text[:longest].rstrip()}…"
    return text if text and value.strip() == value else f'"{text}"'
