"""Federations: a signed list of thousands of entities, verified whole in a process of its own, of
which each makelaar becomes a few facts. What is kept of them is in ``providers.federations``; when
the list is read again, in ``admin.metadata``.
"""
