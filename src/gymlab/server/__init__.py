"""The HTTP server: one process that serves the web app, the API and the live streams."""
