"""Write docs/reference/: every field, setting, command, event, metric and code, from the code."""
