"""A sample portal that speaks SAML 2.0: asks by redirect and by form, checks all it gets and shows
the checks. It lives at the address of the other sample portal.
"""
