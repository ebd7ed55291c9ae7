"""Makelaars that are brokers themselves: they send the browser on to the makelaar behind them."""
