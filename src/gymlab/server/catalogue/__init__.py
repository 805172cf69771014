"""What environments and runners there are, learned from a worker and remembered."""
