"""Makelaars that speak SAML 2.0: metadata, the request, the response and what its assertion says.
XML, signatures and encryption are in ``keys.xml``; what a mandate that they assert is worth is in
``providers.authority``. Sends no pages.
"""
