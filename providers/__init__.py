"""Who says who somebody is: makelaars behind one interface, their records, how far each is
believed, and accounts of our own with their passwords. Judges an answer and hands on an identity;
when one is asked and what the user sees is in ``broker.journey``, what a level is in ``assurance``.
"""
