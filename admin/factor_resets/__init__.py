"""Resets of factors of somebody who lost them: requests, the rule of two people, decisions, and what
a reset does; in an emergency at the machine. Pages are in ``admin.operator_console``; factors
themselves in ``assurance``.
"""
