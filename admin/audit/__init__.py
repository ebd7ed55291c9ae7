"""The audit chain: batches of committed events with signed checkpoints, their verification, export
and retention. Events themselves are written by ``state.audit`` in the transaction of the change.
"""
