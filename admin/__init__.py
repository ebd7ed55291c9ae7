"""Administration: everything that is done to an installation, and by administrators. A room holds
the rules, rows and use cases of one thing; ``cli`` and the consoles only ask and tell. A use case
takes who asks (``admin.actor``) and writes the audit event itself. ``app`` puts the consoles on the
broker, ``tables`` knows every table. The login is in ``broker``.
"""
