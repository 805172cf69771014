"""Parts shared by our own algorithms."""
