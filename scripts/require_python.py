"""Stops with one clear line on a Python that is too old; in syntax that every Python parses.

On one that is new enough it becomes the script that it is given, in the same process.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "gymlab: Python 3.11 or newer is needed, this is "
        + sys.version.split()[0]
        + " ("
        + sys.executable
        + "). Install a newer one and run: make PYTHON=/path/to/python3.11 setup\n"
    )
    sys.exit(1)

if len(sys.argv) > 1:
    import runpy

    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
