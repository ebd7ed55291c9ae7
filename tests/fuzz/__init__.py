"""``make fuzz``: bytes that look for new ways through the code, guided by what they reached. Not
collected by pytest; what it finds becomes a test in ``tests/attacks``.
"""
