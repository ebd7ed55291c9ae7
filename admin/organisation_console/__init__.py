"""The pages of ``/beheer``: administrators of organisations see requests and mandates and decide.
Rules, rows and mails are in ``admin.mandates``; who is logged in is known by ``broker.console``.
"""
