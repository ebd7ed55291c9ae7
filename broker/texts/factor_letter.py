"""The letter with a code for a factor that somebody added alone."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from assurance.means import FactorKind
from broker.texts import notices


def letter(base_url: str, locale: str, kind: FactorKind, code: str) -> tuple[str, str]:
    """Subject and text. Needs an application context, for the texts."""
    with force_locale(locale):
        name = notices.kind_name(kind)
        lines = (
            _("U voegde een inlogmiddel toe aan uw account: %(name)s.", name=name),
            _("Met deze code telt het mee: %(code)s", code=code),
            _(
                "Vul de code binnen 30 dagen in op %(url)s",
                url=f"{base_url}/mijn/inlogmiddelen",
            ),
            _("Was u dit niet zelf? Vul de code niet in en waarschuw uw beheerder."),
        )
        return _("Uw code voor een inlogmiddel"), "\n\n".join(lines) + "\n"
