"""OutgoingFailed: a call that was made and brought nothing; what that means, and whose it is."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Final

PROXY: Final = "outgoing.proxy"
CA_FILE: Final = "outgoing.ca_file"
_UNTRUSTED: Final = frozenset({18, 19, 20, 21})  # of X509_verify_cert: no authority that we know
_OUT_OF_DATE: Final = frozenset({9, 10})
_OTHER_NAME: Final = frozenset({62, 64})
# What a party says that wants a certificate of ours (RFC 8446 §6.2); only with TLS 1.3 it says so
# after the connection was made. A handshake that failed for another reason is not told apart.
_CLIENT: Final = frozenset(
    {
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "TLSV1_ALERT_UNKNOWN_CA",
        "TLSV1_ALERT_ACCESS_DENIED",
    }
)


@dataclass(frozen=True)
class Failure:
    """``setting``: the one of ours that may be wrong. ``is_silence``: the party did not answer at
    all, so it is left alone for a while when that happens again and again.
    """

    says: str
    setting: str = ""
    is_silence: bool = False


# What went wrong -> what it means
FAILURES: Final = {
    "circuit_open": Failure("it failed several times in a row and is left alone for a while"),
    "name_not_found": Failure("its name is not known here", is_silence=True),
    "name_not_found_here": Failure(
        "its name is not known here; our proxy is asked where outgoing.proxy_resolves is true",
        "outgoing.proxy_resolves",
        is_silence=True,
    ),
    "no_answer": Failure("it did not answer, or broke off", is_silence=True),
    "refused": Failure("nobody listens there", is_silence=True),
    "timeout": Failure("it did not answer in time", is_silence=True),
    "cut_short": Failure("its answer broke off", is_silence=True),
    "tls": Failure("no TLS connection could be made", is_silence=True),
    "tls_name": Failure("its certificate is of another name", is_silence=True),
    "tls_expired": Failure("its certificate is over, or not valid yet", is_silence=True),
    "tls_untrusted": Failure(
        "its certificate is of an authority that is not known here", CA_FILE, is_silence=True
    ),
    "tls_client": Failure(
        "it does not accept the certificate that we show it, or wants one", is_silence=True
    ),
    "too_slow": Failure(
        "it answers slowly, and has as many calls of ours as it gets while it does"
    ),
    "redirected": Failure("it answers with a redirect, which is not followed"),
    "too_large": Failure("its answer is too large"),
    "not_json": Failure("its answer is no JSON"),
    "proxy_no_answer": Failure("our proxy does not answer", PROXY),
    "proxy_tls": Failure("no TLS connection with our proxy could be made", PROXY),
    "proxy_login": Failure("our proxy wants another name and password", PROXY),
    "proxy_refused": Failure(
        "our proxy refuses it; one that judges names needs outgoing.proxy_resolves", PROXY
    ),
    "proxy_circuit_open": Failure("our proxy failed several times and rests for a while", PROXY),
}
_UNKNOWN: Final = Failure("it did not answer properly")


class OutgoingFailed(Exception):
    """The party did not answer properly. ``reason`` is a machine word, nothing that came in.

    ``retry_after``: seconds after which another try is made, where none is made now; ``because``:
    the reason of the last one that was.
    """

    def __init__(self, reason: str, retry_after: int | None = None, because: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.because = because

    @property
    def is_silence(self) -> bool:
        """Did the party itself not answer?"""
        return self._failure.is_silence

    @property
    def is_of_proxy(self) -> bool:
        """Did our proxy fail, and says nothing about the party?"""
        return self._failure.setting == PROXY

    @property
    def setting(self) -> str:
        """The setting of ours that may be wrong; empty where none is. For who is left alone: of the
        reason why.
        """
        why = FAILURES.get(self.because, self._failure) if self.because else self._failure
        return why.setting

    @property
    def explained(self) -> str:
        """The reason with what it means, for people."""
        of_ours = f" ({self.setting})" if self.setting else ""
        why = f", because of {self.because}" if self.because else ""
        return f"{self.reason}: {self._failure.says}{why}{of_ours}"

    @property
    def _failure(self) -> Failure:
        return FAILURES.get(self.reason, _UNKNOWN)


def of_tls(error: ssl.SSLError) -> str:
    """The reason of a TLS connection that was not made."""
    code = getattr(error, "verify_code", None)
    if code in _UNTRUSTED:
        return "tls_untrusted"
    if code in _OUT_OF_DATE:
        return "tls_expired"
    if code in _OTHER_NAME:
        return "tls_name"
    return "tls_client" if error.reason in _CLIENT else "tls"
