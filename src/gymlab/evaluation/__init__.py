"""Statistics over returns: numpy in, numpy out."""
