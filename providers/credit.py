"""What a makelaar's word for a level is worth, whatever the protocol that it came in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from assurance import acr
from assurance.levels import AssuranceLevel, suffices
from assurance.step_up import Credited, answers, credited
from providers import received
from providers.interface import (
    NOTHING_SAID,
    ProviderLevelTooLow,
    ProviderLevelUnknown,
)
from providers.registry import ProviderRecord
from providers.saml.dialects.table import dialect_of_words

WORDS: Final = "levels"
WITHOUT_WORD: Final = "level_without_word"
_LOWEST: Final = AssuranceLevel.EH2  # what a line to add says, until somebody knows better


def level_said(record: ProviderRecord, said: str) -> AssuranceLevel | None:
    """The level that this word names, in the makelaar's own words or those of a scheme; of
    NOTHING_SAID what the registration says of that. None where it is not understood.
    """
    if said == NOTHING_SAID:
        return record.level_without_word
    return acr.level_of(said, record.levels, record.level_vocabularies)


def word_that_counts(record: ProviderRecord, said: str, others: Iterable[str]) -> str:
    """Of the word for the level and others that the makelaar said beside it, where the registration
    reads those: the one that is worth most. Of the others only what stands in ``levels`` counts,
    so that a method of logging in which nobody wrote down lifts nothing.
    """
    word, level = said, level_said(record, said)
    for other in others:
        worth = record.levels.get(other)
        if worth is not None and (level is None or not suffices(level, worth)):
            word, level = other, worth
    return word


def credit(record: ProviderRecord, said: str, *, asked: AssuranceLevel) -> Credited:
    """What this word is worth. Raises ProviderLevelUnknown where the registration does not know it,
    and ProviderLevelTooLow below what was asked: it is never read upwards.
    """
    level = level_said(record, said)
    if level is None:
        raise _unknown(record, said, asked)
    given = credited(record, level)
    if not answers(given.authentication, asked):
        raise ProviderLevelTooLow(asked, given.authentication)
    return given


def _unknown(record: ProviderRecord, said: str, asked: AssuranceLevel) -> ProviderLevelUnknown:
    """With the line that would make it known; not for a word that a trace cannot hold whole."""
    if said == NOTHING_SAID:
        line = f"{WITHOUT_WORD}: {_LOWEST.label}"
        return ProviderLevelUnknown(asked, seen=received.NONE, setting=WITHOUT_WORD, line=line)
    word = received.masked(said)
    other = acr.vocabulary_of(said) if record.saml is not None else None
    if other is not None and record.saml is not None:
        dialect = dialect_of_words(other)
        return ProviderLevelUnknown(
            asked,
            word=word,
            dialect=dialect,
            registered=record.saml.dialect or received.NONE,
            setting="saml.dialect",
            line=f"dialect: {dialect}",
        )
    if word != said:
        return ProviderLevelUnknown(asked, word=word, setting=WORDS)
    return ProviderLevelUnknown(asked, word=word, setting=WORDS, line=_line(record, said))


def _line(record: ProviderRecord, said: str) -> str:
    """As it stands in the file: JSON is YAML, and quotes keep ``1`` a text."""
    whole = _levels({**record.levels, said: _LOWEST})
    return whole if len(whole) <= received.MAX_TOLD else _levels({said: _LOWEST})


def _levels(levels: dict[str, AssuranceLevel]) -> str:
    pairs = (f"{json.dumps(word, ensure_ascii=False)}: {at.label}" for word, at in levels.items())
    return f"{WORDS}: {{{', '.join(pairs)}}}"
