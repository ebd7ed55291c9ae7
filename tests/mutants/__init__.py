"""Mutants: lines of the product that carry security, each taken away for a moment, and the tests
that must then fail. A test that nothing can make fail checks nothing.

The tables are the ``.toml`` files here, one for each subject. An entry has the name of the mutant,
``file`` and the exact ``text`` in it, what that ``becomes``, what an attacker would ``gain``, and
the smallest ``tests`` that fail. Who adds a line that refuses something adds its entry; who moves
one moves the entry along: one whose text is no longer there exactly once is an error
(``test_table.py``, in ``make check``).

``make mutants`` runs all of them, ``make mutants ONLY='saml/*'`` some, ``make mutants-part`` the
part of this commit. The checkout itself is never changed. Why so: docs/decisions/0030.
"""
