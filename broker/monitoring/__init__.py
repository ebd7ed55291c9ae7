"""What this installation tells its operator: logs, metrics, health, spans and alarms."""
