"""What this installation tells its operator: logs, metrics, health, spans and alarms. It takes ids
and never a login; what a login leaves is in ``broker.journey.instrumentation``, what is read at
each scrape and the address of all this in ``admin.operations``.
"""
