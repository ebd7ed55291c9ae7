"""What portals, or those who say to be one, send over OpenID Connect."""
