"""Files with what stands in a list of the operators' console."""

from __future__ import annotations

from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.lists.exports import take_along
from admin.operator_console.access import OperatorContext
from broker.web.lists.file import ListFile
from broker.web.lists.request import ListRequest


def take(desk: OperatorContext, kind: str, asked: ListRequest, file: ListFile) -> Response:
    """The answer with the file; ``kind`` is which list, as the audit calls it."""
    return take_along(
        desk.rt.session,
        kind,
        asked,
        file,
        actor=Actor.operator(desk.session.person.id),
        clock=desk.rt.clock,
        may_still=desk.may_still,
    )
