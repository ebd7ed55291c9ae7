"""An installation of the size of a country, made up: to see what pages and logins cost there. Never
beside real registrations.
"""
