"""The assurance levels, their order and their names on every wire. All of it is data in one place.

Sources: eTD assurance classes (loa2 … loa4), the eIDAS level URIs of Logius' eID SAML profile, and
the DigiD authentication classes. EH1 was abolished in July 2021: understood in requests, accepted
from nobody.
"""

from __future__ import annotations

import enum

_ETD = "urn:etoegang:core:assurance-class:"
_DIGID = "urn:oasis:names:tc:SAML:2.0:ac:classes:"


class AssuranceLevel(enum.IntEnum):
    """How sure a login is. Compare with ``<`` and ``>=``; the number is the rank."""

    EMAIL = 10
    EH2 = 20
    EH2_PLUS = 25
    EH3 = 30
    EH4 = 40

    @property
    def label(self) -> str:
        """The name that people see: ``EH2+``."""
        return _LABELS[self]

    @property
    def css(self) -> str:
        """The name in style sheets: ``eh2plus``."""
        return self.label.lower().replace("+", "plus")

    @property
    def loa(self) -> str:
        """The eTD assurance class; an URN of our own for an e-mail account, which no scheme
        issued.
        """
        return _LOA[self]

    @property
    def eidas(self) -> str | None:
        """The eIDAS level URI, or None for an e-mail account."""
        return _EIDAS.get(self)

    @property
    def digid(self) -> str | None:
        """The DigiD authentication class, or None for an e-mail account."""
        return _DIGID_CLASS.get(self)

    @property
    def has_two_factors(self) -> bool:
        """A login of this level took a second factor."""
        return self >= AssuranceLevel.EH2_PLUS

    @property
    def is_issued_by_sluis(self) -> bool:
        """May be the level of a means that Sluis itself issues."""
        return self <= AssuranceLevel.EH3

    @property
    def is_of_a_scheme(self) -> bool:
        """False for an e-mail account, which is below everything that a scheme issues."""
        return self >= AssuranceLevel.EH2

    @classmethod
    def from_label(cls, label: str) -> AssuranceLevel:
        """``EH2+`` → EH2_PLUS. Raises ValueError on anything else than the five labels."""
        for level, known in _LABELS.items():
            if known == label:
                return level
        raise ValueError(
            f"unknown assurance level {label[:20]!r}; use one of {', '.join(_LABELS.values())}"
        )


def suffices(have: AssuranceLevel, needed: AssuranceLevel) -> bool:
    """Is this level enough? A higher one always is."""
    return have >= needed


def is_same(one: AssuranceLevel, other: AssuranceLevel) -> bool:
    """Neither more nor less: where a higher level is another thing, not a better one."""
    return one is other


def highest(*levels: AssuranceLevel) -> AssuranceLevel:
    """What must be reached where several demands hold at once."""
    return max(levels)


def highest_of(*levels: AssuranceLevel | None) -> AssuranceLevel | None:
    """The same where some make no demand; None where none does."""
    demands = [level for level in levels if level is not None]
    return highest(*demands) if demands else None


def weakest(*levels: AssuranceLevel) -> AssuranceLevel:
    """What a whole is worth: as much as its weakest link."""
    return min(levels)


_LABELS = {
    AssuranceLevel.EMAIL: "EMAIL",
    AssuranceLevel.EH2: "EH2",
    AssuranceLevel.EH2_PLUS: "EH2+",
    AssuranceLevel.EH3: "EH3",
    AssuranceLevel.EH4: "EH4",
}
_LOA = {
    AssuranceLevel.EMAIL: "urn:sluis:loa:email",
    AssuranceLevel.EH2: _ETD + "loa2",
    AssuranceLevel.EH2_PLUS: _ETD + "loa2plus",
    AssuranceLevel.EH3: _ETD + "loa3",
    AssuranceLevel.EH4: _ETD + "loa4",
}
_EIDAS = {
    AssuranceLevel.EH2: "http://eid.logius.nl/LoA/basic",
    AssuranceLevel.EH2_PLUS: "http://eidas.europa.eu/LoA/low",
    AssuranceLevel.EH3: "http://eidas.europa.eu/LoA/substantial",
    AssuranceLevel.EH4: "http://eidas.europa.eu/LoA/high",
}
_DIGID_CLASS = {
    AssuranceLevel.EH2: _DIGID + "PasswordProtectedTransport",
    AssuranceLevel.EH2_PLUS: _DIGID + "MobileTwoFactorContract",
    AssuranceLevel.EH3: _DIGID + "Smartcard",
    AssuranceLevel.EH4: _DIGID + "SmartcardPKI",
}
