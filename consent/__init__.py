"""On whose behalf somebody acts and what may leave: mandates and chain mandates, whether an
authority suffices, requests for a mandate, claims that are released, the register of consents, and
documents that somebody agrees to. What a makelaar asserts is read in ``providers``; administrators
decide in ``admin.mandates``.
"""
