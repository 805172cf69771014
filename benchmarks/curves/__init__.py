"""Learning curves over several seeds: training, what is kept of it, pictures and pages."""
