"""Pure data: what a run, an environment, a runner, a metric and an event are."""
