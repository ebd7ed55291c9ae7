"""Metrics of the metadata of parties: until when they hold, and how looks at their addresses go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import select

from broker.process import Process
from state.party_metadata import PartyMetadata

_COLUMNS: Final = (
    PartyMetadata.kind,
    PartyMetadata.name,
    PartyMetadata.ends_at,
    PartyMetadata.due_at,
    PartyMetadata.checked_at,
    PartyMetadata.failures,
    PartyMetadata.waiting_since,
)


def read(process: Process) -> Iterator[Metric]:
    """Without the documents themselves: one read of small columns."""
    ends = _family("sluis_metadata_end_timestamp_seconds", "When these metadata end")
    ages = _family("sluis_metadata_age_seconds", "Since their address last said something good")
    failures = _family("sluis_metadata_failures", "Looks in a row that brought nothing good")
    waits = _family("sluis_metadata_waiting", "Whether something waits for approval")
    now = process.clock()
    with process.sessions() as session:
        rows = session.execute(select(*_COLUMNS)).all()
    for kind, name, ends_at, due_at, checked_at, failed, waiting_since in rows:
        which = [str(kind), name]
        if ends_at is not None:
            ends.add_metric(which, ends_at.timestamp())
        if due_at is None:  # its registration holds them itself
            continue
        if checked_at is not None:
            ages.add_metric(which, max(0.0, (now - checked_at).total_seconds()))
        failures.add_metric(which, failed)
        waits.add_metric(which, float(waiting_since is not None))
    yield from (ends, ages, failures, waits)


def _family(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=("kind", "name"))
