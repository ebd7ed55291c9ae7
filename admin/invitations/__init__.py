"""Invitations: who is invited to an organisation by whom, and what accepting gives. Owns the use
cases; the rows are those of ``directory.invitations``, the pages those of the consoles.
"""
