"""A login between portal and makelaar: requests of portals come in here, questions are asked,
answers go out. Of administration it knows nothing; that stands above it, in ``admin``. Below it
nobody knows HTTP: what a rule says is in ``providers``, ``consent``, ``assurance`` and
``directory``.
"""
