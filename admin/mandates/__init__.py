"""What administrators of organisations decide about mandates: requests of their people, mandates
that they give or take back, who hears of it, and what ends with a mandate. Pages are in
``admin.organisation_console``; when a mandate holds is decided in ``consent``.
"""
