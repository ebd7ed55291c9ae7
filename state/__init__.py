"""Where things are kept and how they leave: database, migrations, expiring store, audit, trace,
outbox, locks, limits, and calls to the outside with their guard. Knows no rule of a login. The
chain over the audit is in ``admin.audit``; the worker that sends is in ``admin.operations``.
"""
