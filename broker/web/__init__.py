"""What every request and every answer has in common: declarations of endpoints, hosts, headers,
cookies, CSRF, limits, language, the layout, and errors as pages or JSON. Takes ids and never a
login; the cookies of one are in ``broker.journey``, the texts in ``broker.texts``.
"""
