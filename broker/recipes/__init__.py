"""How software of others is connected: a recipe for each product, filled in with the values of this
server, and the pages at ``/ontwikkelaars``. What a registration may hold is
``admin.registrations``'s to say, what a message must be ``broker.oidc``'s, ``broker.saml``'s and
``providers``'.
"""
