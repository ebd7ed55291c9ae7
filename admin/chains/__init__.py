"""Chain mandates as administrators decide about them: given to an intermediary and taken back, who
hears of it, and what ends soon. Mandates of people are ``admin.mandates``; what a chain is worth in
a login, ``consent``.
"""
