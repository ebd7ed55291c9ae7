"""How long keys are published before they are used, and kept afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keys.signing_key import CERTIFIED_USES, KeyUse, SigningKey

_OPENING: Final = (KeyUse.SAML_ENCRYPTION, KeyUse.CLIENT_ENCRYPTION)


@dataclass(frozen=True)
class RotationPolicy:
    """``publish``: at least the cache life of a JWK set before a key signs. ``keep``: at least the
    life of the longest token or assertion after it signed. ``renew``: how long a key is active
    before its successor is published; None: only by hand.

    Certificates are read by people as well as programs: ``publish_certificate`` before one is used,
    and ``keep_decrypting`` for those who encrypt to the one of before.
    """

    publish: timedelta = timedelta(days=8)
    keep: timedelta = timedelta(days=2)
    renew: timedelta | None = None
    publish_certificate: timedelta = timedelta(days=60)
    keep_decrypting: timedelta = timedelta(days=60)

    @classmethod
    def renewing_after(
        cls, days: int, *, certificate_days: int = 60, decrypting_days: int = 60
    ) -> RotationPolicy:
        """The policy of an installation; 0 days: only by hand."""
        return cls(
            renew=timedelta(days=days) if days else None,
            publish_certificate=timedelta(days=certificate_days),
            keep_decrypting=timedelta(days=decrypting_days),
        )

    def publish_of(self, use: KeyUse) -> timedelta:
        """How long a next key of this use is published before it is used."""
        return self.publish_certificate if use in CERTIFIED_USES else self.publish

    def keep_of(self, use: KeyUse) -> timedelta:
        """How long a key of this use is kept after its successor took over."""
        return self.keep_decrypting if use in _OPENING else self.keep

    def activation_of(self, key: SigningKey) -> datetime:
        """From when a next key is used: its date, or what the policy makes of its age."""
        return key.activates_at or key.state_since + self.publish_of(key.use)
