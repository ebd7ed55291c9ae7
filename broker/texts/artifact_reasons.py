"""Explanations of artifacts: of makelaars, whose answers are fetched, and of portals, which fetch
theirs here (``broker.texts.reasons``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import AT_MAKELAAR, TRY_AGAIN, WITH_US, Explanation, Fixer, _

OF_ARTIFACTS: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "artifact_unknown": Explanation(
            _("De makelaar heeft het antwoord niet meer: het is al opgehaald, of te oud."),
            _(
                "Laat de gebruiker opnieuw inloggen. Gebeurt het vaak? Vraag de makelaar hoe lang "
                "hij een antwoord bewaart, en of hij ons verzoek herkent."
            ),
            Fixer.USER,
            TRY_AGAIN,
            page="answer_gone",
        ),
        "artifact_source": Explanation(
            _("Het artifact is niet van de makelaar die is gevraagd. Er is niets opgehaald."),
            _("Vergelijk saml.entity_id met de entityID waarmee de makelaar artifacts maakt."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
        "artifact_endpoint": Explanation(
            _("Het artifact noemt een ArtifactResolutionService die niet in de metadata staat."),
            _("Haal nieuwe metadata bij de makelaar op en registreer die met sluis apply."),
            Fixer.OPERATOR,
            WITH_US,
            (
                Explanation(
                    _(
                        "Het artifact noemt ArtifactResolutionService %(seen)s. "
                        "De metadata hebben: %(expected)s."
                    ),
                    _("Haal nieuwe metadata bij de makelaar op en registreer die met sluis apply."),
                    Fixer.OPERATOR,
                    WITH_US,
                ),
            ),
        ),
        "saml_artifact": Explanation(
            _("De website vroeg om een antwoord dat er niet (meer) voor haar is."),
            _(
                "Kijk bij de stap waarom. Is het al opgehaald of te oud? Laat de website elk "
                "artifact één keer en meteen inwisselen."
            ),
            Fixer.PORTAL,
            TRY_AGAIN,
        ),
    }
)  # fmt: skip
