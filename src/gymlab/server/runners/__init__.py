"""Training backends, their algorithms, schemas and presets."""
