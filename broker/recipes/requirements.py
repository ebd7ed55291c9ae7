"""What a makelaar must send, by protocol and scheme: one table, from the tables that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from assurance.levels import AssuranceLevel
from providers.oidc.representation import ID_TYPE
from providers.saml.dialects.dialect import SamlDialect
from providers.saml.dialects.eidas import EIDAS
from providers.saml.dialects.etd import ETD
from providers.saml.dialects.saml2int import SAML2INT
from providers.saml.dialects.st_saml import ST_SAML
from providers.saml.wire.names import BRANCH, PERSISTENT, SERVICE_ID, SERVICE_UUID

Say = Callable[[str, str], str]
_DIALECTS: Final = (SAML2INT, ETD, ST_SAML, EIDAS)


def table(say: Say) -> str:
    """Markdown: a row for each fact, a column for each way to say it."""
    headings = [say("Feit", "Fact"), "OpenID Connect", *(one.title for one in _DIALECTS)]
    rows = [
        (say("persoon", "person"), "`sub`", *(_person(one, say) for one in _DIALECTS)),
        (say("niveau", "level"), _acr(say), *(_level(one, say) for one in _DIALECTS)),
        (
            say("organisatie", "organisation"),
            f"`represents.sub`, `.sub_id_type` (`{ID_TYPE}KvKnr`, `{ID_TYPE}RSIN`), `.iss`, "
            "`.name`",
            *(_organisation(one) for one in _DIALECTS),
        ),
        (
            say("tussenpersoon in een keten", "intermediary in a chain"),
            say(
                "de buitenste `represents`; de organisatie ligt daarin als `represents.represents`",
                "the outer `represents`; the organisation lies in it as `represents.represents`",
            ),
            *(_intermediary(one) for one in _DIALECTS),
        ),
        (
            say("alleen deze vestigingen", "these branches alone"),
            f"`{BRANCH}` {say('in de organisatie', 'in the organisation')}",
            *(_words([one.branch] if one.branch else []) for one in _DIALECTS),
        ),
        (
            say("dienst van de machtiging", "service of the mandate"),
            _words([SERVICE_UUID, SERVICE_ID]),
            *(_words((*one.service_uuids, *one.service_ids)) for one in _DIALECTS),
        ),
        (
            say("naam", "name"),
            "`name`",
            *(_words((*one.first_names, *one.family_names)) for one in _DIALECTS),
        ),
        (say("e-mailadres", "e-mail address"), "`email`", *("–" for _ in _DIALECTS)),
        (
            say("wanneer de login was", "when the login was"),
            "`auth_time`",
            *("`AuthnInstant`" for _ in _DIALECTS),
        ),
    ]
    lines = [_line(headings), "|" + "---|" * len(headings), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def classes() -> str:
    """Markdown: the levels and their words."""
    levels = [level for level in AssuranceLevel if level.eidas is not None]
    lines = ["| | eTD | eIDAS | DigiD |", "|---|---|---|---|"]
    lines += [
        f"| {level.label} | `{level.loa}` | `{level.eidas}` | `{level.digid}` |" for level in levels
    ]
    return "\n".join(lines) + "\n"


def _person(dialect: SamlDialect, say: Say) -> str:
    if dialect.acting:
        kinds = dict.fromkeys(kind.qualifier for kind in dialect.acting_kinds.values())
        sealed = say(", versleuteld", ", encrypted") if dialect.sealed else ""
        return f"{_words(dialect.acting)}{sealed}: {_words(kinds)}"
    attribute = dialect.settings.get("subject_attribute")
    if attribute:
        return f"`{attribute}`"
    return f"NameID, `{PERSISTENT}`"


def _acr(say: Say) -> str:
    return say(
        "`acr`: een woord van eTD, eIDAS of DigiD, of een uit `levels`",
        "`acr`: a word of eTD, eIDAS or DigiD, or one of `levels`",
    )


def _level(dialect: SamlDialect, say: Say) -> str:
    words = {"etd": "eTD", "eidas": "eIDAS", "digid": "DigiD"}
    known = ", ".join(words[one] for one in dialect.levels)
    own = say("een woord uit `levels`", "a word of `levels`")
    return f"`AuthnContextClassRef`: {known or own}"


def _organisation(dialect: SamlDialect) -> str:
    if not dialect.legal:
        return "–"
    return (
        f"{_words(dialect.legal)}: {_words(dialect.legal_kinds)}; {_words(dialect.company_names)}"
    )


def _intermediary(dialect: SamlDialect) -> str:
    return _words((*dialect.intermediary, *dialect.intermediary_names))


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
