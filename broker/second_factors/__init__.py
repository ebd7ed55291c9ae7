"""What the journey and the account pages share about second factors: limits on text messages, and
who we are to a passkey. The rules of factors themselves are in ``assurance``; the question in a
login is in ``broker.journey``, enrolment in ``broker.account``.
"""
