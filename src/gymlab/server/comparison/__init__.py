"""Several runs side by side, and what may be concluded."""
