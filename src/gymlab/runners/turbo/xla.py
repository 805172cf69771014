"""JAX, imported once with the settings that small networks want.

Every module of this runner that computes with JAX imports this one first: the flags count only
before the first import.
"""
# pyright: reportUnknownMemberType=false

import os
import sys
from pathlib import Path

FLAGS = "--xla_cpu_multi_thread_eigen=false"
"""Minibatches are too small to be worth handing to a second thread."""
CACHE_FOLDER = Path(sys.prefix) / "share" / "gymlab" / "compiled"
"""Programs that were compiled when the lab was set up. Workers only read it: it lies among the
installed packages, which no sandbox lets them change."""
_NEVER_S = 1e9

os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {FLAGS}".strip()
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402 - it reads the variables while it is imported

jax.config.update("jax_compilation_cache_dir", str(CACHE_FOLDER))
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
jax.config.update("jax_persistent_cache_min_compile_time_secs", _NEVER_S)
jax.config.update("jax_persistent_cache_enable_xla_caches", "none")


def keep_what_is_compiled() -> None:
    """Write compiled programs to the cache from here on; for set-up, which runs no code of users."""
    CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
