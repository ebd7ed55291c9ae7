"""Dialects: what each scheme on SAML calls things, which identifiers it knows, what it seals and
what it demands, as data: a file per dialect, chosen by a makelaar's record. Reads and decides
nothing: that is done beside this room, for every dialect alike.
"""
