"""Adapters of the outbox: how a message leaves, over SMTP, by a webhook or through a service like
NotifyNL. Owns no queue and no retries, which are ``state.outbox``'s; texts are in ``broker.texts``.
"""

from __future__ import annotations

from pathlib import Path

from state.adapters.way_out import WayOut
from state.clock import Clock, utc_now
from state.outbox import Adapter, DeliveryFailed, Message


class NoAdapter:
    """Nothing is sent; each message is given up at once and kept as briefly as any other."""

    def send(self, message_id: str, message: Message) -> None:  # noqa: ARG002
        raise DeliveryFailed("no_adapter", permanent=True)


def make_adapter(
    *,
    adapter: str,
    url: str | None,
    sender: str | None = None,
    template_id: str | None = None,
    api_key_file: Path | None = None,
    secret_file: Path | None = None,
    section: str = "mail",
    clock: Clock = utc_now,
    way: WayOut | None = None,
) -> Adapter:
    """The adapter of a section of the settings; only mail has a ``sender`` and can go over smtp,
    which takes no proxy.

    Raises ValueError with what to write instead.
    """
    if adapter == "none":
        return NoAdapter()
    if not url:
        raise ValueError(f"{section}.url is needed with {section}.adapter = {adapter!r}")
    if adapter == "smtp" and sender is not None:
        from state.adapters.smtp import SmtpAdapter

        password = _secret(secret_file, f"{section}.secret_file")
        tls = way.tls if way is not None else None
        return SmtpAdapter(url=url, sender=sender, password=password, clock=clock, tls=tls)
    if adapter == "webhook":
        from state.adapters.webhook import WebhookAdapter

        secret = _secret(secret_file, f"{section}.secret_file")
        return WebhookAdapter(url=url, secret=secret, clock=clock, way=way)
    if adapter == "notify":
        return _notify(url, template_id, api_key_file, section, clock, way)
    also = ", smtp" if sender is not None else ""
    raise ValueError(f"{section}.adapter is none{also}, webhook or notify")


def _notify(
    url: str,
    template_id: str | None,
    api_key_file: Path | None,
    section: str,
    clock: Clock,
    way: WayOut | None,
) -> Adapter:
    from state.adapters.notify import NotifyAdapter

    if not template_id or api_key_file is None:
        raise ValueError(f"{section}.template_id and {section}.api_key_file are needed with notify")
    api_key = _secret(api_key_file, f"{section}.api_key_file")
    assert api_key is not None
    return NotifyAdapter(url=url, api_key=api_key, template_id=template_id, clock=clock, way=way)


def _secret(file: Path | None, setting: str) -> str | None:
    if file is None:
        return None
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{setting}: {file} cannot be read") from None
    if not found:
        raise ValueError(f"{setting}: {file} is empty")
    return found
