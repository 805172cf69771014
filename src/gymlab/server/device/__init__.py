"""What the networks are computed on."""
