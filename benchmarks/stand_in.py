"""A stand-in for the interpreter, to look inside processes that the lab starts itself.

`interpreter` writes an executable that a server is started with. Everything the server
starts is then started with it too, and a module named in `REPLACED` gives way to one of
ours: the whole path stays real but for that module.
"""

import runpy
import shlex
import sys
from pathlib import Path

from gymlab.supervisor.sandbox import view

REPLACED: dict[str, dict[str, str]] = {
    "timed": {"gymlab.worker": "benchmarks.timed_worker"},
    "generating": {"gymlab.supervisor.shim": "benchmarks.generating_shim"},
}
ROOT = Path(__file__).resolve().parent.parent


def interpreter(folder: Path, kind: str) -> str:
    """Write the stand-in and return its path."""
    path = folder / f"python-{kind}"
    real, ours = shlex.quote(sys.executable), shlex.quote(str(Path(__file__).resolve()))
    path.write_text(f'#!/bin/sh\nexec {real} {ours} "$0" {kind} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def main() -> None:
    """Run `-m MODULE arguments...` like the interpreter would, or the module's replacement."""
    own_path, kind, *rest = sys.argv[1:]
    if "-m" not in rest:
        raise SystemExit(f"the stand-in only understands -m, not {' '.join(rest)}")
    # Flags before -m decide on the import path, which is set here.
    module, *arguments = rest[rest.index("-m") + 1 :]
    sys.executable = own_path
    sys.path[0] = str(ROOT)
    # Workers that are replaced need to see the replacement, also from inside their sandbox.
    view.SYSTEM = (*view.SYSTEM, str(ROOT / "benchmarks"), str(Path(own_path).parent))
    replacement = REPLACED[kind].get(module, module)
    sys.argv = [replacement, *arguments]
    runpy.run_module(replacement, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
