"""A list taken along as a file is an event of the audit. What a list holds and who may have it is
of the console that shows it; how it is written, of ``broker.web.lists``.
"""
