"""Keys and what is done with them: sealing with the master key and sealing anew, signing keys with
their states and rotation, certificates, JWKS, and the key per person. What a token or a message
says is not known here. Rotating by hand and replacing the master key step by step is in
``admin.keys``.
"""
