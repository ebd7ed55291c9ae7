"""User groups: who is in one, for which companies, and what that lets them do. Owns the use cases;
the rows are those of ``directory.groups``, what they gave those of ``consent.group_mandates``.
"""
