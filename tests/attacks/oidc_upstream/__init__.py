"""What makelaars, or those who say to be one, answer over OpenID Connect."""
