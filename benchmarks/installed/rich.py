"""In the broker's way where it is measured: ``structlog`` loads the real one where it is there, and
that is where Sluis is developed, not where it is installed.
"""

raise ImportError("a library of those who develop Sluis")
