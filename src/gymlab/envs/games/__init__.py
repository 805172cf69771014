"""Games of our own: small worlds with plain rules, an exact vectorised twin and JSON pictures."""
