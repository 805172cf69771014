"""Previews: an environment that somebody looks at and acts in, without training."""
