"""`python -m gymlab` is the `gymlab` command."""

from gymlab import documenting
from gymlab.cli.main import main


def run() -> None:
    """Run the `gymlab` command in a process of its own, which needs no texts under fields."""
    documenting.leave_out()
    main()


if __name__ == "__main__":
    run()
