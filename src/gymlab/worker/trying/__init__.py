"""Trying a user's code out for a moment: what `POST /code/try` shows."""
