"""`python -m gymlab` is the `gymlab` command."""

from gymlab.cli.main import main

if __name__ == "__main__":
    main()
