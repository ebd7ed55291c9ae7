"""Names of claims, and of mandates that can or cannot be used, as people read them."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from broker.texts.sentences import ended

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
    "unused": _("De machtiging verviel, omdat zij te lang niet is gebruikt."),
    "not_yet_valid": _("De machtiging gaat later in."),
    "revoked": _("De machtiging is ingetrokken."),
    "login_level": _("U logde in met een te laag niveau voor deze machtiging."),
    "mandate_level": _("De machtiging geldt voor een lager niveau dan deze dienst vraagt."),
    "branch": _(
        "De machtiging geldt voor één vestiging. Deze dienst werkt alleen met hele organisaties."
    ),
    "chain_not_allowed": _("Deze dienst werkt niet met ketenmachtigingen."),
    "not_allocated": _("Uw organisatie heeft deze klant niet aan u toegewezen."),
    "link_not_allowed": _(
        "De klant gaf dit met een link in een e-mail. Dat telt hier niet: een beheerder van de "
        "klant moet het geven."
    ),
    "place_ended": _("U hoort niet meer bij de organisatie die voor deze klant handelt."),
    "left": _("Wie de machtiging heeft, hoort niet meer bij deze organisatie."),
    "branch_ended": _("De vestiging van deze machtiging is er niet meer."),
    "organisation_suspended": _("Namens deze organisatie kan niemand meer inloggen."),
    "organisation_renumbered": _("De organisatie heeft sinds uw login een ander nummer."),
    "not_trusted": _("Uw makelaar mag niet voor deze organisatie spreken."),
}
REFUSALS_OF = {
    "expired": _("%(machtiging)s is verlopen."),
    "unused": _("%(machtiging)s verviel, omdat zij te lang niet is gebruikt."),
    "not_yet_valid": _("%(machtiging)s gaat later in."),
    "revoked": _("%(machtiging)s is ingetrokken."),
    "login_level": _("%(machtiging)s kunt u nu niet gebruiken: u logde in met een te laag niveau."),
    "mandate_level": _("%(machtiging)s geldt voor een lager niveau dan deze dienst vraagt."),
    "branch": _(
        "%(machtiging)s geldt niet voor de hele organisatie. "
        "Deze dienst werkt alleen met hele organisaties."
    ),
    "chain_not_allowed": _(
        "%(machtiging)s telt niet: deze dienst werkt niet met ketenmachtigingen."
    ),
    "not_allocated": _("%(machtiging)s telt niet: deze klant is niet aan u toegewezen."),
    "link_not_allowed": _("%(machtiging)s telt niet: zij is gegeven met een link in een e-mail."),
    "place_ended": _("%(machtiging)s telt niet: u hoort niet meer bij de intermediair."),
    "left": _("%(machtiging)s telt niet meer: u hoort niet meer bij deze organisatie."),
    "branch_ended": _("%(machtiging)s telt niet meer: de vestiging is er niet meer."),
    "organisation_suspended": _(
        "%(machtiging)s telt niet meer: namens deze organisatie kan niemand meer inloggen."
    ),
    "organisation_renumbered": _(
        "%(machtiging)s staat intussen op een ander nummer van de organisatie."
    ),
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


def refusal(reason: str, until: str = "", makelaar: str = "") -> str:
    """Why a mandate cannot be used, below the name of its organisation. ``until``: the day of its
    end in words.
    """
    if reason == "expired" and until:
        return gettext("De machtiging stopte op %(date)s.", date=until)
    if reason == "not_trusted" and makelaar:
        return gettext("%(makelaar)s mag niet voor deze organisatie spreken.", makelaar=makelaar)
    return str(REFUSALS.get(reason, gettext("De machtiging kan hier niet worden gebruikt.")))


def refusal_of(mandate: str, reason: str, until: str = "", makelaar: str = "") -> str:
    """The same as a sentence of its own. ``mandate``: as ``mandate_for`` says it."""
    if reason == "expired" and until:
        return gettext("%(machtiging)s stopte op %(date)s.", machtiging=mandate, date=until)
    if reason == "not_trusted":
        who = makelaar or gettext("Uw makelaar")
        return gettext(
            "%(machtiging)s telt niet: %(makelaar)s mag niet voor deze organisatie spreken.",
            machtiging=mandate,
            makelaar=who,
        )
    sentence = REFUSALS_OF.get(reason, _("%(machtiging)s kan hier niet worden gebruikt."))
    values = {"machtiging": mandate}
    return ended(str(sentence), values) % values


def mandate_for(organisation: str, intermediary: str | None) -> str:
    """The beginning of a sentence about a mandate."""
    if intermediary is None:
        return gettext("Uw machtiging voor %(organisation)s", organisation=organisation)
    return gettext(
        "Uw machtiging voor %(organisation)s via %(intermediary)s",
        organisation=organisation,
        intermediary=intermediary,
    )


def mandate_kind(kind: str) -> str:
    """The kind of a mandate in words."""
    return str(MANDATE_KINDS.get(kind, kind))
