"""Faults to survive: a fleet that really runs on loopback, what breaks it, and what is counted."""
