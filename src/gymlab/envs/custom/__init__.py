"""Environments that users write: finding the class, making it, holding it to its word."""
