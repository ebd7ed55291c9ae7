"""Documents become services, makelaars, portals, texts, organisations, people and mandates: read,
checked, compared, written, exported and withdrawn; ``kinds`` is the table of them. What a document
gave and names no more ends here too. What a process runs on is in ``broker.configuration``; what
follows for a person in ``admin.people``.
"""
