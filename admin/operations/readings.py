"""Readings: metrics whose truth is in the database or the configuration, read at each scrape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Final

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from admin.keys.certificate_alarms import own_endings
from admin.operations import metadata_readings, party_watch
from admin.operations.jobs import JOBS
from broker.monitoring import clocks, heartbeat
from broker.process import Process
from keys.signing_key import KeyState, KeyUse
from providers.registry import ProviderRecord
from providers.saml.metadata import MetadataRefused, read_metadata
from state import outages, outbox

OURS: Final = "sluis"
log = structlog.get_logger()


_version: Final = cache(version)  # which reads it in a file of the installation


class _MakelaarEnds:
    """When the certificates of makelaars end, read once in each text of metadata: a scrape comes
    every few seconds, and there may be a thousand of them.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], tuple[datetime, ...]] = {}

    def of(self, records: Iterable[ProviderRecord]) -> dict[str, tuple[datetime, ...]]:
        """By id, of those whose metadata were registered; of the others nothing is known here."""
        texts = {
            record.id: (record.saml.entity_id, record.saml.metadata)
            for record in records
            if record.saml is not None and record.saml.metadata is not None
        }
        before = self._read
        self._read = {
            text: before[text] if text in before else _ends(*text) for text in texts.values()
        }
        return {name: self._read[text] for name, text in texts.items()}


@dataclass(frozen=True)
class Readings(Collector):
    """Asks the parts of this process. What cannot be read is left out, so that an alert for its
    absence speaks, and everything else is still told.
    """

    process: Process
    _makelaars: _MakelaarEnds = field(default_factory=_MakelaarEnds)

    def collect(self) -> Iterator[Metric]:
        yield _gauge("sluis_build_info", "This version", ("version",), {(_version("sluis"),): 1})
        for read in (self._certificates, *_READINGS, metadata_readings.read):
            try:
                yield from read(self.process)
            except Exception as error:
                log.warning("metrics.not_read", reading=read.__name__, error=outages.named(error))

    def _certificates(self, process: Process) -> Iterator[Metric]:
        """The end of the last certificate of each owner and use: before it there is another one."""
        ends: dict[tuple[str, ...], float] = {}

        def note(owner: str, use: str, end: datetime) -> None:
            ends[owner, use] = max(ends.get((owner, use), 0.0), end.timestamp())

        configuration = process.holder.current
        for key in configuration.keyring.keys:
            if key.certificate is not None and key.state is KeyState.ACTIVE:
                note(OURS, str(key.use), key.certificate.not_valid_after_utc)
        for name, found in self._makelaars.of(configuration.providers.values()).items():
            for end in found:
                note(name, "signing", end)
        text = "When the last certificate of this owner and use ends"
        yield _gauge("sluis_certificate_expiry_timestamp_seconds", text, ("owner", "use"), ends)


def _gauge(
    name: str, text: str, labels: tuple[str, ...], values: dict[tuple[str, ...], float]
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for which, value in values.items():
        family.add_metric(which, value)
    return family


def _alarms(process: Process) -> Iterator[Metric]:
    """Of our own; also the zeros, so that an alarm that is gone goes."""
    with process.sessions() as session:
        found = own_endings(session, process.clock())
    values: dict[tuple[str, ...], float] = {(OURS, str(one.use)): one.alarm or 0 for one in found}
    text = "Within how many days (90, 30 or 7) this certificate ends with none to follow; 0: well"
    yield _gauge("sluis_certificate_alarm_days", text, ("owner", "use"), values)


def _ends(entity_id: str, metadata: str) -> tuple[datetime, ...]:
    """Of the certificates that it signs with."""
    try:
        read = read_metadata(metadata, entity_id=entity_id)
    except MetadataRefused:  # of before a rule came; doctor --parties tells it
        return ()
    return tuple(found.not_valid_after_utc for found in read.signing)


def _keys(process: Process) -> Iterator[Metric]:
    """Also the zeros: that there is no active key must be a number."""
    found = Counter((str(k.use), str(k.state)) for k in process.holder.current.keyring.keys)
    states = (KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRING)
    values: dict[tuple[str, ...], float] = {
        (str(use), str(state)): found[str(use), str(state)] for use in KeyUse for state in states
    }
    yield _gauge("sluis_signing_keys", "Keys of ours", ("use", "state"), values)


def _outbox(process: Process) -> Iterator[Metric]:
    with process.sessions() as session:
        waiting = outbox.waiting(session)
    now = process.clock()
    pending: dict[tuple[str, ...], float] = {(c,): 0 for c in outbox.CHANNELS}
    oldest: dict[tuple[str, ...], float] = {(c,): 0 for c in outbox.CHANNELS}
    for channel, (number, since) in waiting.items():
        pending[channel,] = number
        oldest[channel,] = max(0.0, (now - since).total_seconds())
    yield _gauge("sluis_outbox_pending", "Messages that wait", ("channel",), pending)
    yield _gauge(
        "sluis_outbox_oldest_seconds", "How long the oldest one waits", ("channel",), oldest
    )


def _jobs(process: Process) -> Iterator[Metric]:
    done = heartbeat.last_successes(process.store, [job.name for job in JOBS])
    values: dict[tuple[str, ...], float] = {
        (job.name,): done.get(job.name, process.started_at).timestamp() for job in JOBS
    }
    text = "When this job last did its work; when this process began where it never did"
    yield _gauge("sluis_job_last_success_timestamp_seconds", text, ("job",), values)
    every: dict[tuple[str, ...], float] = {(job.name,): job.every.total_seconds() for job in JOBS}
    yield _gauge("sluis_job_interval_seconds", "How often this job comes", ("job",), every)


def _worker(process: Process) -> Iterator[Metric]:
    seen = heartbeat.last_beat(process.store) or process.started_at
    text = "When a worker last lived; when this process began where none ever did"
    values: dict[tuple[str, ...], float] = {(): seen.timestamp()}
    yield _gauge("sluis_worker_last_beat_timestamp_seconds", text, (), values)


def _clocks(process: Process) -> Iterator[Metric]:
    with process.sessions() as session:
        found = clocks.measure(session, process.store, process.clock)
    values: dict[tuple[str, ...], float] = {
        (name,): difference.total_seconds() for name, difference in found.items()
    }
    text = "How far our clock is ahead of that of this server"
    yield _gauge("sluis_clock_ahead_seconds", text, ("server",), values)


def _parties(process: Process) -> Iterator[Metric]:
    found = party_watch.troubles(process.store)
    values: dict[tuple[str, ...], float] = dict(found.items())
    text = "What was wrong with this makelaar or portal when it was tried last"
    yield _gauge("sluis_party_troubles", text, ("kind", "name"), values)


_READINGS: Final = (_alarms, _keys, _outbox, _jobs, _worker, _clocks, _parties)
