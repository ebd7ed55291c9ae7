"""The pages: each a frozen dataclass that its template shows."""
