"""admin/registrations: say here what this room owns and what it leaves to others."""
