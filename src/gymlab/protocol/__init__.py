"""Versioned messages between worker, shim and server: one tagged union per direction."""
