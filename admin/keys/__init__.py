"""Keys by hand: what stands, rotating and revoking signing keys, and replacing the master key step
by step. How a key is made, sealed and moved is in ``keys``; what the worker rotates by itself is in
``admin.operations.jobs``.
"""
