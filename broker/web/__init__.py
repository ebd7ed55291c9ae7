"""What every answer and every request has in common: errors, cookies, headers, CSRF, limits."""
