"""Who runs this installation: operators, their roles and what each may, the link by which they set
up their access, and its end. Pages are in ``admin.operator_console``; sessions and grants as such
in ``assurance.session_lifetime`` and ``broker.sso``.
"""
