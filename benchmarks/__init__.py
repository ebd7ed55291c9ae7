"""What one login costs, measured against the cryptography that it cannot do without."""
