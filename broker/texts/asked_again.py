"""Why somebody who is logged in must log in again, in one sentence."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from assurance.session_reuse import AskedAgain, Obstacle


def sentence(asked: AskedAgain, *, portal: str, level: str) -> str:
    """``portal``: who asks, by name; ``level``: what this login must reach."""
    match asked.why:
        case Obstacle.TOO_OLD if asked.seconds and asked.seconds >= 60:
            return ngettext(
                "U logde langer dan %(num)d minuut geleden in. %(portal)s vraagt een nieuwe login.",
                "U logde langer dan %(num)d minuten geleden in. "
                "%(portal)s vraagt een nieuwe login.",
                asked.seconds // 60,
                portal=portal,
            )
        case Obstacle.HIGHEST_LEVEL:
            return _("Voor niveau %(level)s logt u altijd opnieuw in.", level=level)
        case Obstacle.FACTOR_TOO_OLD:
            return _("Uw tweede controle is te lang geleden. Daarom logt u opnieuw in.")
        case Obstacle.TOO_LOW:
            return _(
                "U bent ingelogd met een lager niveau. Hier is %(level)s of hoger nodig.",
                level=level,
            )
        case Obstacle.OVER:
            return _("Uw vorige sessie is voorbij. Log opnieuw in om verder te gaan.")
        case _other:
            return _("%(portal)s vraagt u om opnieuw in te loggen.", portal=portal)
