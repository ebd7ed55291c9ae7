"""What we know of the world: people, organisations, services and the portals that offer them, our
consoles, announcements and help desks, and each person's login history. Rows and documents without
a rule of a login; how they come in is in ``admin.registrations``.
"""
