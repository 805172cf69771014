"""Whether the shapes of the API carry what is written under their fields.

Only the API's description needs those texts, and finding them in the sources takes a tenth of a
server's start. A server leaves them out before it loads the shapes, and has the description made
by a process of its own when somebody asks for it.
"""

_is_on = True


def leave_out() -> None:
    """Load the shapes of the API without the texts under their fields; call it before any is loaded."""
    global _is_on  # noqa: PLW0603
    _is_on = False


def is_on() -> bool:
    """Return whether a shape that is loaded now reads the texts under its fields."""
    return _is_on
