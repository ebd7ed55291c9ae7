"""Files with people or mandates of one organisation: read, tried, and done in one transaction or
not at all. Giving a mandate is of ``admin.mandates``; pages are of the console.
"""
