"""OpenID Connect towards portals: discovery, authorization code flow with PKCE, tokens,
userinfo.
"""
