"""The rotation of this installation, from its settings."""

from __future__ import annotations

from broker.settings import Settings
from keys.rotation import RotationPolicy


def policy_of(settings: Settings) -> RotationPolicy:
    """How long keys are published, used and kept here."""
    chosen = settings.keys
    return RotationPolicy.renewing_after(
        chosen.rotate_days,
        certificate_days=chosen.certificate_days,
        decrypting_days=chosen.decrypting_days,
    )
