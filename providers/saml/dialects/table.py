"""Every dialect by its name, and which words are whose."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from providers.saml.dialects.dialect import SamlDialect
from providers.saml.dialects.eidas import EIDAS
from providers.saml.dialects.etd import ETD, UNNAMED
from providers.saml.dialects.saml2int import SAML2INT
from providers.saml.dialects.st_saml import ST_SAML

DIALECTS: Final[Mapping[str, SamlDialect]] = MappingProxyType(
    {one.name: one for one in (SAML2INT, ETD, ST_SAML, EIDAS)}
)


def dialect_named(name: str | None) -> SamlDialect:
    """The dialect of a record; None where it names none."""
    return UNNAMED if name is None else DIALECTS[name]


def dialect_of_attribute(name: str) -> str | None:
    """The dialect in which this attribute says who acts for whom, or within which limits."""
    for dialect in (ETD, ST_SAML):
        if name in (*dialect.legal, *dialect.intermediary, dialect.branch):
            return dialect.name
    return None


def dialect_of_words(vocabulary: str) -> str:
    """The dialect that says levels in the words of this vocabulary before any other."""
    return next((d.name for d in DIALECTS.values() if vocabulary in d.levels[:1]), SAML2INT.name)
