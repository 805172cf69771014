"""Pictures of a run's learner over training."""
