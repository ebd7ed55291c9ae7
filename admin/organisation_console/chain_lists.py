"""The lists of intermediaries and of clients: chain mandates by who is at the other end, which is
the same list from either side.
"""

from __future__ import annotations

from collections.abc import Sequence

from admin.organisation_console.chain_pages import IntermediaryRow
from admin.organisation_console.chain_rows import intermediary_rows
from admin.organisation_console.pages import ChainRow
from broker.web.lists.memory import HeldList
from broker.web.lists.page import ListPage
from broker.web.lists.request import ListFilter, ListRequest, ListRules


class ChainList:
    """``name``: the column with the other end, as the address calls it."""

    def __init__(self, name: str) -> None:
        self.rules = ListRules(
            columns=(name, "einde"),
            filters=(
                ListFilter("dienst"),
                ListFilter("stand", ("active", "soon", "off", "revoked")),
            ),
        )
        self._held = HeldList[IntermediaryRow](
            words=lambda row: (row.name, row.kvk, row.number, *row.services),
            keys={name: lambda row: row.name, "einde": lambda row: row.until},
            values={
                "dienst": lambda row: row.service_uuids,
                "stand": lambda row: "revoked" if row.state == "undo" else row.state,
            },
        )

    def page(
        self, rows: Sequence[ChainRow], asked: ListRequest, address: str
    ) -> ListPage[IntermediaryRow]:
        """One row for each at the other end."""
        return self._held.page(intermediary_rows(rows), asked, address)

    def chains(self, rows: Sequence[ChainRow], asked: ListRequest) -> list[ChainRow]:
        """Each chain mandate of those that are shown, in the same order: for a file."""
        shown = self._held.matching(intermediary_rows(rows), asked)
        order = {one.id: number for number, one in enumerate(shown)}
        found = [row for row in rows if row.other_id in order]
        return sorted(found, key=lambda row: order[row.other_id])


def services_of(rows: Sequence[ChainRow]) -> tuple[tuple[str, str], ...]:
    """UUID and name of each service in these, by name: to choose from."""
    named = {row.service_uuid: row.service for row in rows}
    return tuple(sorted(named.items(), key=lambda pair: pair[1].casefold()))
