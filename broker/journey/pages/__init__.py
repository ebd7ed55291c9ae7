"""The pages of a login: each a frozen dataclass with what its template shows, a template of the
same name in ``broker/journey/templates``, and filters for them. When a page comes is decided in
``broker.journey.steps``; the layout and what all pages share is in ``broker.web``.
"""
