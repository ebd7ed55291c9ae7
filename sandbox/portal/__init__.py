"""The sample portal: three OpenID Connect clients that check all they get and show the checks."""
