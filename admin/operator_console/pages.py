"""The operator console: its frame, its start page, who may not enter, and who are operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.web.lists.page import ListPage


@dataclass(frozen=True)
class DeskFrame:
    """Who is logged in, and which pages their roles open."""

    person: str
    roles: tuple[str, ...]
    reads_traces: bool
    reads_operators: bool
    resets_factors: bool
    decides_means: bool = False
    decides_forms: bool = False
    reads_requests: bool = False
    ends_sessions: bool = False


@dataclass(frozen=True)
class DeniedPage:
    """Logged in, but no operator (``desk.roles`` is empty) or not in a role that may see this."""

    desk: DeskFrame
    template: str = "operator_console/denied.html"


@dataclass(frozen=True)
class OperatorLoggedOutPage:
    """``reason``: ``logged_out``, ``cancelled`` or ``refused``."""

    reason: str
    template: str = "operator_console/logged_out.html"


@dataclass(frozen=True)
class OperatorRow:
    """An operator in the list. ``state``: ``active``, ``waiting`` or ``blocked``."""

    person_id: str
    user_name: str
    name: str
    roles: tuple[str, ...]
    since: datetime
    state: str
    is_you: bool


@dataclass(frozen=True)
class OperatorsPage:
    """``ended``: the user name whose access just ended."""

    desk: DeskFrame
    list: ListPage[OperatorRow]
    may_end: bool
    ended: bool = False
    template: str = "operator_console/operators.html"


@dataclass(frozen=True)
class EndOperatorPage:
    """Are you sure?"""

    desk: DeskFrame
    row: OperatorRow
    template: str = "operator_console/end_operator.html"
