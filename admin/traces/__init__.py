"""One login explained from its trace and its audit events, for whoever has the reference, and a
trace taken along. Pages are in ``admin.operator_console``; traces are written by ``broker.journey``
and kept in ``state.trace``.
"""
