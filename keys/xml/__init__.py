"""XML that may be believed: a bounded parser, schemas, signatures and encryption, all in process.
Which keys count and what a message means is said by who asks: ``providers.saml``.
"""
