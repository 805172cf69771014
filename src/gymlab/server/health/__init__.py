"""Is the server well."""
