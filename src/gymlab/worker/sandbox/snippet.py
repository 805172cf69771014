"""`python -m gymlab.worker.sandbox.snippet`: run the Python text on stdin, confined like a worker.

It is how the sandbox is tried out, at every start of the server and by the tests.
"""

import sys

from gymlab.worker.sandbox.boot import confine_from

if __name__ == "__main__":
    confine_from(sys.argv)
    text = compile(sys.stdin.read(), "<snippet>", "exec")
    exec(text, {"__name__": "__main__"})  # noqa: S102 - its whole purpose, behind the sandbox
    sys.stdout.flush()
