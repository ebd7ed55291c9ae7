"""The thread that follows changed registrations and keys, one in each process."""

from __future__ import annotations

import threading

from broker.process import Process


def keep_configuration_fresh(process: Process) -> threading.Event:
    """Start the thread that follows changed registrations; set the event to end it."""
    stop = threading.Event()
    threading.Thread(
        target=process.holder.poll_forever, args=(stop,), name="configuration", daemon=True
    ).start()
    return stop
