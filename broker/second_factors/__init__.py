"""What the journey and the account pages share about second factors: limits on text messages, and
who we are to a passkey. The rules of factors themselves live in ``assurance``.
"""
