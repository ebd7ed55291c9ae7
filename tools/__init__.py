"""What developers run on the repository. The product knows nothing of it."""
