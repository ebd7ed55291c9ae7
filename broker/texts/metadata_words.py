"""Words about metadata of parties, for operators, in the language of the moment."""

from __future__ import annotations

from flask_babel import gettext as _

from providers.saml.wire.metadata_changes import MetadataVerdict, Voucher
from providers.saml.wire.metadata_facts import KeyFact
from state.registrations import Kind


def kind(of: Kind) -> str:
    """What people call such a party."""
    if of is Kind.FEDERATION:
        return _("federatie")
    return _("makelaar") if of is Kind.IDENTITY_PROVIDER else _("portaal")


def voucher(who: Voucher) -> str:
    """What becomes of changes."""
    return {
        Voucher.SIGNER: _("Wat ondertekend is door wie de registratie noemt, geldt meteen."),
        Voucher.TLS: _("Wat van dit adres komt, geldt meteen."),
        Voucher.NOBODY: _("Nieuwe sleutels en adressen wachten op goedkeuring."),
    }[who]


def verdict(word: MetadataVerdict) -> str:
    """What one look brought."""
    return {
        MetadataVerdict.SAME: _("niets nieuws"),
        MetadataVerdict.RENEWED: _("vernieuwd, niets anders"),
        MetadataVerdict.TAKEN: _("overgenomen"),
        MetadataVerdict.WAITS: _("wacht op goedkeuring"),
        MetadataVerdict.REJECTED: _("door een operator afgewezen"),
        MetadataVerdict.REFUSED: _("niet overgenomen"),
    }[word]


def why_it_waits(reason: str) -> str:
    """In a sentence."""
    if reason == "reconsidered":
        return _("Een operator wees dit eerder af en kijkt er opnieuw naar.")
    if reason == "key_returned":
        return _("Een sleutel die was ingetrokken, komt terug.")
    if reason == "returned":
        return _("Dit gold al eerder en werd vervangen. Geen datum bewijst dat het nieuw is.")
    return _("Niemand die de registratie noemt, ondertekende deze wijziging.")


def key(one: KeyFact) -> str:
    """Its use, the begin of its fingerprint, and when its certificate holds."""
    uses = {
        "": _("sleutel voor alles"),
        "signing": _("sleutel om te ondertekenen"),
        "encryption": _("sleutel om te versleutelen"),
    }
    return _(
        "%(use)s %(fingerprint)s, %(first)s tot %(last)s",
        use=uses.get(one.use, uses[""]),
        fingerprint=one.fingerprint[:16],
        first=f"{one.not_before:%Y-%m-%d}",
        last=f"{one.not_after:%Y-%m-%d}",
    )
