"""Our own consoles as portals: a login through the same journey that ends in a cookie, and who is
in one; with that, what runs of a person here and in browsers. Which consoles there are is in
``directory.consoles``; their pages are in ``broker.account``, ``admin.organisation_console`` and
``admin.operator_console``.
"""
