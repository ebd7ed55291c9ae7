"""What people do themselves: their second factors and logins at ``/mijn``, and forgotten login
details. What a session must be to change a factor is ``assurance.enrolment``'s to say; a factor
that is asked in a login is in ``broker.journey``, one that administration hands out in
``admin.factors``.
"""
