"""Words of a dialect that a makelaar's record does not have: not believed, and not passed over
where they say for whom somebody acts, or within which limits.
"""

from __future__ import annotations

from collections.abc import Iterator

from providers.authority import Dialect, restrictions_in
from providers.interface import ProviderRefused
from providers.received import told
from providers.saml.assertion import Attributes
from providers.saml.dialects.dialect import SamlDialect
from providers.saml.dialects.etd import UNNAMED
from providers.saml.dialects.table import dialect_of_attribute

SETTING = "saml.dialect"


def check_dialect(attributes: Attributes, dialect: SamlDialect, words: Dialect) -> None:
    """What names a party, or limits a mandate, is written as this dialect writes it. ``words``: the
    machine words of refusals. Raises ProviderRefused.
    """
    names = (*attributes.values, *attributes.others)
    for name in names:
        if "legalsubjectid" in name.casefold() and not _is_read(name, dialect.legal, attributes):
            raise _of_another(
                words.party,
                name,
                dialect,
                "LegalSubjectID under another name or format",
                ", ".join(dialect.legal),
            )
    if dialect.says_mandates:
        return  # whatever else it may mean is judged with the mandate
    for reason, found in (
        (words.intermediary, [n for n in names if "intermediate" in n.casefold()]),
        (words.branch, restrictions_in(names)),
        (words.party, list(says_represented(attributes, UNNAMED.representation))),
    ):
        if found:
            raise _of_another(reason, found[0], dialect, "a mandate", "none")


def _is_read(name: str, known: tuple[str, ...], attributes: Attributes) -> bool:
    return name in known and name in attributes.values and name not in attributes.others


def says_represented(attributes: Attributes, known: tuple[str, ...]) -> Iterator[str]:
    """The attributes that say that somebody is acted for. ``known``: their names; in other letters,
    under another format or with a value that is no plain "no" they are not understood, which is
    never read as no.
    """
    names = {name.casefold() for name in known}
    for name in dict.fromkeys((*attributes.values, *attributes.others)):
        if name.casefold() in names:
            said = {value.text.strip().lower() for value in attributes.written(name)}
            if name in attributes.others or not said or said - {"false", "0"}:
                yield name


def _of_another(
    reason: str, name: str, dialect: SamlDialect, seen: str, expected: str
) -> ProviderRefused:
    """With the line that would make it read, where a dialect has this name."""
    other = dialect_of_attribute(name)
    named = {} if other in (None, dialect.name) else {"dialect": str(other), "setting": SETTING}
    more = {**named, "line": f"dialect: {other}"} if named else {}
    return ProviderRefused(
        reason,
        "named in a way that is not understood",
        element=told(name),
        seen=seen,
        expected=expected or "none",
        **more,
    )
