"""How sure it is who somebody is: levels and their names, step-up, how long a session lives, and
second factors with the counters that guard them. Whoever compares levels does so here. The level of
a makelaar is given in ``providers``; pages for factors are in ``broker.account``.
"""
