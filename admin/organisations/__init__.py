"""What is done to one organisation: its facts taken from the trade register or confirmed, another
KvK number, and what it settles itself about its invoices and branches.
"""
