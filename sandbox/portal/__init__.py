"""The sample portal: four OpenID Connect clients that check all they get and show the checks."""
