"""The trade register (Handelsregister of the KvK) behind one interface: its API, a file, or
nothing. Whoever asks gets what it says of a number; what becomes of it is decided above. No login
asks it.
"""
