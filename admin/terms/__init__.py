"""Rules with a clock: what ends by itself at organisations, who is warned of it and when, and the
cleaning up afterwards. Each rule is judged where it is used (``consent.lapse``,
``directory.administrator_role``); nothing here opens or closes anything by itself.
"""
