"""What pysaml2 makes of messages, beside what Sluis makes of them: on both sides, both ways."""
