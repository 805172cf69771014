"""What runs take on the disk, and making room."""
