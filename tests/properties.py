"""Examples of Hypothesis are not timed: on a machine that does more at once, one of them waits for
its turn, and that says nothing of the property.
"""

from __future__ import annotations


def not_timed() -> None:
    """For properties that are imported from now on; what CI asks besides stays."""
    from hypothesis import HealthCheck, settings

    settings.register_profile("sluis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("sluis")
