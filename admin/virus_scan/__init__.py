"""A scanner for viruses behind one interface: clamd, or none. Owns no file and no decision about
one: whether a file is taken without an answer is up to who asks.
"""
