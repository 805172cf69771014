"""What a run will take: measured shortly before, or seen in earlier runs on this machine."""
