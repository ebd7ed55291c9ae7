"""Resets of factors of somebody who lost them: requests, the rule of two people, decisions, what a
reset does, and the way at the machine. Pages are in ``admin.operator_console``; factors themselves
in ``assurance``.
"""
