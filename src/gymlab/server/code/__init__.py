"""Code that people write: rewards, environments, evaluations."""
