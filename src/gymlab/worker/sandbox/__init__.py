"""What a worker takes from itself, for good, before it imports anything of others."""
