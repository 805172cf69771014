"""Creating, listing, steering and deleting runs."""
