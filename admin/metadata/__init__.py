"""Metadata of makelaars and portals that speak SAML, as time goes on: their addresses are looked
at, what is vouched for is taken, the rest waits for an operator, and operators are told before
something ends. What a registration may say of them is in ``admin.registrations``, what they mean to
a login in ``providers.saml`` and ``broker.saml``.
"""
