"""Names of claims, and of mandates that can or cannot be used, as people read them."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

CLAIMS = {
    "sub": (_("Pseudoniem"), _("Andere diensten krijgen een andere code.")),
    "acr": (_("Niveau"), _("Hoe zeker het is dat u het bent")),
    "represents": (_("Namens"), _("Voor wie u handelt")),
    "mandate": (_("Machtiging"), _("Om te zien wat u mag")),
    "idp": (_("Makelaar"), _("Waar u inlogde")),
    "assurance": (_("Hoe u inlogde"), _("Hoe zeker het inloggen was")),
    "name": (_("Naam"), _("Om u aan te spreken")),
    "email": (_("E-mailadres"), _("Om u te bereiken")),
}
REFUSALS = {
    "expired": _("De machtiging is verlopen."),
    "not_yet_valid": _("De machtiging gaat later in."),
    "revoked": _("De machtiging is ingetrokken."),
    "login_level": _("U logde in met een te laag niveau voor deze machtiging."),
    "mandate_level": _("De machtiging geldt voor een lager niveau dan deze dienst vraagt."),
    "branch": _(
        "De machtiging geldt voor één vestiging. Deze dienst werkt alleen met hele organisaties."
    ),
    "chain_not_allowed": _("Deze dienst werkt niet met ketenmachtigingen."),
    "not_trusted": _("Uw makelaar mag niet voor deze organisatie spreken."),
}
MANDATE_KINDS = {
    "direct": _("Voor deze dienst"),
    "general": _("Voor alle diensten"),
    "keten": _("Ketenmachtiging"),
}


def claim(name: str) -> tuple[str, str]:
    """Label and reason of a claim; its own name when an operator registered one that we do not
    know.
    """
    label, why = CLAIMS.get(name, (name, ""))
    return str(label), str(why)


def refusal(reason: str) -> str:
    """Why a mandate cannot be used."""
    return str(REFUSALS.get(reason, gettext("De machtiging kan hier niet worden gebruikt.")))


def mandate_kind(kind: str) -> str:
    """The kind of a mandate in words."""
    return str(MANDATE_KINDS.get(kind, kind))
