"""What outlives a login, free of protocol: the session of a browser, grants, and logging out, which
ends both and tells portals. When a session may answer for the user is decided in
``broker.journey.single_sign_on`` by the rules of ``assurance.session_reuse``; how a portal is told
is in ``broker.downstream``.
"""
