"""A runner that trains nothing: fast, deterministic and able to fail in every way, for tests."""
