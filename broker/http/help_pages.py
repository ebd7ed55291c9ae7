"""Help (A27): short pages in plain words, at the same place in every footer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from broker.http.replies import show
from broker.runtime import runtime
from broker.settings import Retention

blueprint = Blueprint("help", __name__, url_prefix="/hulp")

TOPICS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "makelaar": (
        _("Wat is een makelaar?"),
        (
            (
                "",
                _(
                    "Een makelaar is het bedrijf waar uw organisatie eHerkenning kocht. U logt daar in."
                ),
            ),
            (
                _("Welke makelaar heb ik?"),
                _("Kijk in de brief of e-mail met uw inlogmiddel, of vraag het uw beheerder."),
            ),
        ),
    ),
    "niveau": (
        _("Wat is een niveau?"),
        (
            (
                "",
                _(
                    "Een niveau zegt hoe zeker het is dat u het bent. "
                    "Van laag naar hoog: EH2, EH2+, EH3 en EH4."
                ),
            ),
            (
                _("Mijn niveau is te laag"),
                _("Vraag de beheerder van uw organisatie om uw inlogmiddel te verhogen."),
            ),
        ),
    ),
    "machtiging": (
        _("Wat is een machtiging?"),
        (
            ("", _("Een machtiging zegt dat u namens uw organisatie mag handelen bij een dienst.")),
            (
                _("Hoe krijg ik een machtiging?"),
                _(
                    "De beheerder van uw organisatie geeft machtigingen. U kunt erom vragen bij het inloggen."
                ),
            ),
            (
                _("Wat is een ketenmachtiging?"),
                _(
                    "Daarmee laat een organisatie een ander bedrijf voor haar handelen, zoals een boekhouder."
                ),
            ),
        ),
    ),
    "code": (
        _("Ik heb geen code"),
        (
            ("", _("De code staat in de app met codes die u toevoegde, vaak op uw telefoon.")),
            (
                _("De code werkt niet"),
                _("Wacht op de volgende code. Kijk of de tijd van uw telefoon klopt."),
            ),
            (
                _("Mijn telefoon is kwijt"),
                _(
                    "Vraag de beheerder van uw organisatie om uw inlogmiddel te blokkeren en een nieuw te geven."
                ),
            ),
        ),
    ),
    "privacy": (
        _("Privacy en cookies"),
        (
            (
                "",
                _(
                    "Wij geven een dienst alleen wat zij nodig heeft. Krijgt zij uw naam of e-mailadres? "
                    "Dan ziet u dat de eerste keer voordat wij iets doorgeven."
                ),
            ),
            (
                _("Wanneer ziet u wat wij doorgeven?"),
                _(
                    "Vraagt de dienst om toestemming? Dan ziet u de gegevens bij elke login. "
                    "Koos u ‘Vraag dit niet opnieuw’? Dan ziet u ze pas weer als zij veranderen. "
                    "Sommige diensten vragen niets: die krijgen uw naam en e-mailadres niet."
                ),
            ),
            (
                _("Cookies"),
                _(
                    "Wij gebruiken cookies om u te laten inloggen. Uw taal en uw makelaar onthouden wij "
                    "alleen als u daarom vraagt. Wij volgen u niet."
                ),
            ),
            (
                _("Hoe lang bewaren wij gegevens?"),
                _(
                    "Technische gegevens van een login bewaren wij %(trace)s. "
                    "Wanneer en waar u inlogde, bewaren wij %(history)s. "
                    "U ziet dat op deze website bij Mijn inlogmiddelen, onder Mijn logins."
                ),
            ),
        ),
    ),
    "toegankelijkheid": (
        _("Toegankelijkheid"),
        (
            (
                "",
                _(
                    "Deze website werkt met een toetsenbord, met een schermlezer en zonder JavaScript, "
                    "ook als u de tekst vergroot."
                ),
            ),
            (_("Lukt iets niet?"), _("Meld het aan de helpdesk van de dienst waarbij u inlogt.")),
        ),
    ),
    "begrippen": (
        _("Begrippenlijst"),
        (
            (
                _("Beheerder"),
                _("Iemand die in uw organisatie inlogmiddelen en machtigingen regelt."),
            ),
            (
                _("Dienst"),
                _("Iets wat u op een website van de overheid kunt doen, zoals een melding."),
            ),
            (
                _("Herstelcode"),
                _("Een code die u bewaart voor als u uw andere tweede factoren kwijt bent."),
            ),
            (
                _("Inlogmiddel"),
                _("Waarmee u inlogt: bijvoorbeeld een naam met een wachtwoord en een code."),
            ),
            (
                _("Ketenmachtiging"),
                _("Een machtiging aan een ander bedrijf, zoals een boekhouder. Dat handelt dan."),
            ),
            (_("Machtiging"), _("De toestemming van een organisatie om voor haar te handelen.")),
            (_("Makelaar"), _("Het bedrijf waar uw organisatie eHerkenning kocht.")),
            (
                _("Niveau"),
                _("Hoe zeker het is dat u het bent. Van laag naar hoog: EH2, EH2+, EH3 en EH4."),
            ),
            (
                _("Passkey"),
                _("Een sleutel op uw apparaat. U opent hem met uw vinger, gezicht of pincode."),
            ),
            (
                _("Pseudoniem"),
                _("Een code in plaats van uw naam. Een andere website krijgt een andere code."),
            ),
            (
                _("Tweede factor"),
                _("Nog een bewijs dat u het bent, zoals een code uit een app of een passkey."),
            ),
            (_("Vestiging"), _("Een plaats waar een organisatie werkt, met een eigen nummer.")),
        ),
    ),
}


@dataclass(frozen=True)
class HelpIndexPage:
    topics: tuple[tuple[str, str], ...]
    template: str = "help/index.html"


@dataclass(frozen=True)
class HelpTopicPage:
    title: str
    sections: tuple[tuple[str, str], ...]
    template: str = "help/topic.html"


@blueprint.get("/")
def index() -> Response:
    """All topics."""
    topics = tuple((name, title) for name, (title, _sections) in TOPICS.items())
    return show(HelpIndexPage(topics))


@blueprint.get("/<name>")
def topic(name: str) -> Response:
    """One topic."""
    if name not in TOPICS:
        abort(404)
    title, sections = TOPICS[name]
    kept = _kept(runtime().settings.retention)
    return show(HelpTopicPage(title, tuple((head, str(text) % kept) for head, text in sections)))


def _kept(retention: Retention) -> dict[str, str]:
    """How long this installation keeps things, in words."""
    return {
        "trace": _duration(retention.trace_days),
        "history": _duration(retention.history_days),
    }


def _duration(days: int) -> str:
    months = days // 30
    if months < 3:
        return ngettext("%(num)d dag", "%(num)d dagen", days)
    return ngettext("%(num)d maand", "%(num)d maanden", months)
