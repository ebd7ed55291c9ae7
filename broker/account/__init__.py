"""``/mijn``: people see and change their own second factors. What a session must be to do so is
``assurance.enrolment``'s to say.
"""
