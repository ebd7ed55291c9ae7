"""What administrators of organisations decide about mandates: requests of their people, mandates
that they give or take back, and who hears of it. Pages are in ``admin.organisation_console``; when
a mandate holds is decided in ``consent``.
"""
