"""What happens without a browser: the worker, its jobs, what is sent and what expires."""
