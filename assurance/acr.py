"""Level names on the wire: what a portal may ask with, what a makelaar may answer with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from assurance.levels import AssuranceLevel, suffices

# abolished; understood in requests, accepted from nobody
EH1 = "urn:etoegang:core:assurance-class:loa1"
# The table of ST-SAML writes one name otherwise than its examples; we say it as those do.
SPELT_OTHERWISE: Mapping[str, AssuranceLevel] = {
    "http://eID.logius.nl/LoA/basic": AssuranceLevel.EH2,
}
_SHORT = {f"loa:{level.loa.rpartition('loa')[2]}": level for level in AssuranceLevel if level.eidas}


def _vocabulary() -> dict[str, AssuranceLevel]:
    known: dict[str, AssuranceLevel] = {**_SHORT, **SPELT_OTHERWISE}
    for level in AssuranceLevel:
        for name in (level.loa, level.eidas, level.digid, level.label):
            if name is not None and level.is_of_a_scheme:
                known[name] = level
    return known


_KNOWN = _vocabulary()


def level_of(
    value: str,
    own: Mapping[str, AssuranceLevel] | None = None,
    vocabularies: Collection[str] | None = None,
) -> AssuranceLevel | None:
    """The level that a value names: first in the party's own words, then eIDAS, eTD, DigiD,
    ``loa:2plus`` or the label. None when unknown. Compared sign by sign: a makelaar
    that writes a name of a scheme otherwise has it in its record, as one of its own words.

    ``vocabularies``: the words of these schemes alone.
    """
    if own and value in own:
        return own[value]
    if vocabularies is None:
        return _KNOWN.get(value)
    found = (_WORDS[one].get(_spelt(value)) for one in vocabularies)
    return next((level for level in found if level is not None), None)


def vocabulary_of(value: str) -> str | None:
    """The scheme that this is a word of: ``etd``, ``eidas`` or ``digid``."""
    return next((name for name, words in _WORDS.items() if _spelt(value) in words), None)


def _spelt(value: str) -> str:
    """Logius writes the host of its one URI in capitals and in small letters."""
    basic = AssuranceLevel.EH2.eidas or ""
    return basic if value.casefold() == basic.casefold() else value


def lowest(values: Iterable[str]) -> AssuranceLevel | None:
    """The least that a list of preferences (``acr_values``) accepts; unknown values count for
    nothing.

    EH1 asks no more than EH2, the lowest level that exists.
    """
    found = [_asked(value) for value in values]
    return min((level for level in found if level is not None), default=None)


def _asked(value: str) -> AssuranceLevel | None:
    return AssuranceLevel.EH2 if value == EH1 else level_of(value)


def answer(values: str, reached: AssuranceLevel) -> str | None:
    """Of values that were asked, with a space between, the one that says most and is still true;
    None where the login reached none of them.
    """
    asked = [(_asked(value), value) for value in values.split()]
    true = [
        (level, value) for level, value in asked if level is not None and suffices(reached, level)
    ]
    return max(true, key=lambda one: one[0])[1] if true else None


def sufficient(known: Iterable[tuple[AssuranceLevel, str]], asked: AssuranceLevel) -> list[str]:
    """The words for levels that are enough, lowest first."""
    return [word for level, word in sorted(known) if suffices(level, asked)]


def name_of(level: AssuranceLevel, vocabulary: str) -> str | None:
    """The ``acr`` for this level in ``eidas``, ``etd`` or ``digid``; None for an e-mail account."""
    if not level.is_of_a_scheme:
        return None
    return {"eidas": level.eidas, "etd": level.loa, "digid": level.digid}[vocabulary]


_WORDS: Mapping[str, Mapping[str, AssuranceLevel]] = {
    vocabulary: {name: level for level in AssuranceLevel if (name := name_of(level, vocabulary))}
    for vocabulary in ("etd", "eidas", "digid")
}
