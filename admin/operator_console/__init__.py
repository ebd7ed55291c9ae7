"""The console at ``/operator``: what this installation does, for those who keep it running. Its
pages know registrations and machine words; of people they know nothing but the operators. Rules and
rows are in ``admin.operators``, ``admin.factor_resets`` and ``admin.traces``.
"""
