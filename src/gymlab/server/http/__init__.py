"""What holds for every request: error shape, security headers, limits, the web app."""
