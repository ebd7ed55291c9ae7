"""The letter with a code for a factor that somebody added alone."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from assurance.enrolment import OwnFactor
from broker.texts import notices, times
from broker.texts.quoting import one_line


def letter(base_url: str, locale: str, factor: OwnFactor, code: str) -> tuple[str, str]:
    """Subject and text: which factor this is, so that nobody confirms another by mistake. Needs an
    application context, for the texts.
    """
    with force_locale(locale):
        lines = (
            _("Iemand voegde voor u een inlogmiddel toe."),
            "\n".join(_facts(factor)),
            _("Is dit uw inlogmiddel? Met deze code telt het mee: %(code)s", code=code),
            _(
                "Vul de code binnen 30 dagen in op %(url)s",
                url=f"{base_url}/mijn/inlogmiddelen",
            ),
            _("Was u dit niet zelf? Vul de code niet in en waarschuw uw beheerder."),
        )
        return _("Uw code voor een inlogmiddel"), "\n\n".join(lines) + "\n"


def _facts(factor: OwnFactor) -> list[str]:
    """The name between quotes: who added it chose it."""
    day = times.day(factor.bound_at)
    facts = [_("Soort: %(kind)s", kind=notices.kind_name(factor.kind))]
    if factor.label:
        facts.append(_("Naam: “%(label)s”", label=one_line(factor.label)))
    return [*facts, _("Toegevoegd op: %(day)s", day=day)]
