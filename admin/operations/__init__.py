"""What runs: installing, the server and worker processes, their jobs, the management address,
checks of an installation, and messages that are offered again. What a job does is in the room that
owns it; which processes there are is in ``admin.presence``, health in ``broker.monitoring``.
"""
