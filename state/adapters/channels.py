"""Channels: each kind of message leaves by the adapter that its installation chose."""

from __future__ import annotations

from collections.abc import Mapping

from state.outbox import Adapter, Channel, DeliveryFailed, Message, Remembers


class ByChannel:
    """Hands each message to the adapter of its channel; without one it is given up at once."""

    def __init__(self, adapters: Mapping[Channel, Adapter]) -> None:
        self._adapters = dict(adapters)

    def send(self, message_id: str, message: Message) -> None:
        """Raises DeliveryFailed."""
        adapter = self._adapters.get(message.channel)
        if adapter is None:
            raise DeliveryFailed("no_adapter", permanent=True)
        adapter.send(message_id, message)

    def has(self, message_id: str, message: Message) -> bool:
        """Asks an adapter that can tell. Raises DeliveryFailed."""
        adapter = self._adapters.get(message.channel)
        return isinstance(adapter, Remembers) and adapter.has(message_id, message)


class BySubject:
    """Hands a message of one channel on by what it is about; all others to ``otherwise``."""

    def __init__(self, adapters: Mapping[str, Adapter], otherwise: Adapter) -> None:
        self._adapters, self._otherwise = dict(adapters), otherwise

    def send(self, message_id: str, message: Message) -> None:
        """Raises DeliveryFailed."""
        self._adapters.get(message.subject, self._otherwise).send(message_id, message)
