"""The console at ``/operator``: what this installation does, for those who keep it running.

Its pages know registrations and machine words; of people they know nothing but the operators.
"""
