"""SAML 2.0 free of roles: names, values of elements and how messages travel. The service provider
towards makelaars is ``providers.saml``, the identity provider towards portals ``broker.saml``; each
says in its own words what a ``WireRefused`` means to it.
"""
