"""One duty per file: starting, watching and recording the processes of a run."""
