"""Who acts: the person whom a dialect names in an attribute of its own (eTD: ActingSubjectID)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from providers.interface import ProviderRefused
from providers.received import XML_SPACE, masked, told
from providers.saml.assertion import Attributes, Value
from providers.saml.dialects.dialect import SamlDialect

_REASON: Final = "subject"


def acting_subject(attributes: Attributes, dialect: SamlDialect) -> str | None:
    """The key of the person at this makelaar; None where the message names nobody so.

    Its kind stands before it, so that a pseudonym is never a number of the same signs. Raises
    ProviderRefused(subject).
    """
    _check_names(attributes, dialect)
    names = [name for name in dialect.acting if name in attributes.values]
    if not names:
        return None
    values = [value for name in names for value in attributes.written(name)]
    found = _identified(values, names[0], dialect)
    if not found:
        raise _refused(names[0], "none that is the same at each login", dialect)
    first = next(k for k in dialect.acting_kinds.values() if k.qualifier in found)
    numbers = found[first.qualifier]
    if len(numbers) > 1:
        raise _refused(names[0], f"{len(numbers)} of one kind", dialect)
    return f"{first.qualifier}\x1f{numbers.pop()}"


def _check_names(attributes: Attributes, dialect: SamlDialect) -> None:
    """Named under another name or format it would be somebody else who logs in, by a name that may
    be of the session alone.
    """
    for name in (*attributes.values, *attributes.others):
        if "actingsubjectid" in name.casefold() and (
            name not in dialect.acting or name in attributes.others
        ):
            raise _refused(told(name), "ActingSubjectID under another name or format", dialect)


def _identified(values: Sequence[Value], at: str, dialect: SamlDialect) -> dict[str, set[str]]:
    """Lasting identifiers by their kind. What is none of the dialect is not passed over."""
    found: dict[str, set[str]] = {}
    if not values:
        raise _refused(at, "nothing", dialect)
    for value in values:
        kind = dialect.acting_kinds.get(value.qualifier or "")
        text = value.text.strip(XML_SPACE)
        if kind is None or not kind.fits(text):
            seen = masked(value.qualifier) if kind is None else "a value of another shape"
            raise _refused(at, seen, dialect)
        if kind.is_lasting:
            found.setdefault(kind.qualifier, set()).add(text)
    return found


def _refused(element: str, seen: str, dialect: SamlDialect) -> ProviderRefused:
    """No value is ever in it."""
    lasting = dict.fromkeys(k.qualifier for k in dialect.acting_kinds.values() if k.is_lasting)
    return ProviderRefused(
        _REASON,
        "the acting person is not named as agreed",
        element=element,
        seen=seen,
        expected=", ".join(lasting) or "none",
        setting="saml.subject",
    )
