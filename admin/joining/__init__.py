"""The pages of ``/toegang``: how people come to belong to an organisation, and how a client without
an administrator answers an intermediary. Who comes here may have no more than an e-mail account, or
nothing to log in with yet.
"""
