"""One duty per file: the link to shims, the queue, ingest, fan-out, adoption."""
