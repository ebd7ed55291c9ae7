"""Second factors as administration hands them out: OTP devices in stock, and letters that make a
factor count. Ending somebody's factors is in ``admin.factor_resets``; what a factor is and how it
is checked in ``assurance``.
"""
