"""What a training backend must offer, and what it is given in return."""
