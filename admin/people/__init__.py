"""What follows when the register says something else about a person, and forgetting one. Who is
registered comes from ``admin.registrations``; people themselves are in ``directory.people``.
"""
