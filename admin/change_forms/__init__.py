"""Change forms: sent and withdrawn at ``/beheer``, taken up and decided on by operators. What they
lead to is done elsewhere, by hand.
"""
