"""The certificate that we show to a makelaar when we call it (mutual TLS)."""

from __future__ import annotations

from pathlib import Path

from providers import received
from providers.interface import ProviderUnavailable
from providers.saml_settings import SamlSettings
from providers.trouble import Trouble
from state.outgoing import OutgoingClient
from state.outgoing_tls import ClientCertificate


def calling(outgoing: OutgoingClient, settings: SamlSettings) -> OutgoingClient:
    """The client that shows the certificate of this makelaar's record, where it names one. Raises
    ProviderUnavailable.
    """
    if settings.tls_certificate_file is None:
        return outgoing
    key = settings.tls_key_file
    certificate = ClientCertificate(
        Path(settings.tls_certificate_file), None if key is None else Path(key)
    )
    try:
        return outgoing.presenting(certificate)
    except OSError as error:
        raise _no_certificate(settings, type(error).__name__) from None
    except ValueError as error:
        raise _no_certificate(settings, str(error)) from None


def _no_certificate(settings: SamlSettings, why: str) -> ProviderUnavailable:
    measured = {
        "setting": "saml.tls_certificate_file",
        "registered": received.quoted(settings.tls_certificate_file),
        "seen": received.quoted(why),
    }
    return ProviderUnavailable(
        f"client certificate: {why}", Trouble.CERTIFICATE_FILE, measured=measured
    )
