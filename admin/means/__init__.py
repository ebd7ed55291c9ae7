"""Use cases of means that Sluis issues: asked by an administrator, identified and approved by
operators, sent as a letter, changed and ended. How one stands is a rule of ``assurance.means``; the
activation itself is done by its person, in ``broker.account``.
"""
