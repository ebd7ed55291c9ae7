"""Chain mandates as administrators decide about them: given to an intermediary and taken back, who
hears of it, what ends soon, and who of an intermediary acts for which client. Mandates of people
are ``admin.mandates``; what a chain is worth in a login, ``consent``.
"""
