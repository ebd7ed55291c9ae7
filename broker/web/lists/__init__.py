"""Lists on pages: what an address asks of one, the rows of a page, rows that are held in memory,
a file of them, and rows that were chosen. What is in a list, and who may see it, is of the console
that shows it; the macros of lists are in ``web/list.html``.
"""
