"""Turns an exception of a run into what the user reads."""

import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

import gymlab
from gymlab.envs.usercode.lines import raising_line
from gymlab.errors import LabError, UserCodeError
from gymlab.protocol.worker import Failed

MAX_DETAIL = 2_000
MAX_TRACEBACK = 60_000
_MEMORY_HINT = (
    "Reduce what fills memory: buffer_size, batch_size, num_envs, n_steps or the network size."
)
_GPU_HINT = (
    "Reduce batch_size, num_envs or the network size (net_arch), end other programs on the GPU, "
    "or choose the device cpu."
)
_PACKAGE = Path(gymlab.__file__).parent
_LIBRARIES = tuple(
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib")
)


def failure_of(error: BaseException) -> Failed:
    """Describe an exception: stable code, sentence, advice, line and traceback."""
    code, detail, hint = _judge(error)
    line = raising_line(error.__traceback__)
    if line is None and not isinstance(
        error, LabError
    ):  # its sentence says all that a user can use
        line = _innermost_line(error.__traceback__)
    account = "".join(traceback.format_exception(error))
    if isinstance(error, UserCodeError):
        line, account = error.line or line, error.traceback_text or account
    return Failed(
        code=code,
        detail=detail[:MAX_DETAIL],
        hint=hint,
        line=line,
        traceback=account[-MAX_TRACEBACK:],
    )


def _judge(error: BaseException) -> tuple[str, str, str | None]:
    # A runner may have put its own words over the backend's error.
    if any(is_gpu_out_of_memory(item) for item in (error, error.__cause__) if item is not None):
        return "gpu_out_of_memory", "The GPU ran out of memory.", _GPU_HINT
    if isinstance(error, MemoryError):
        return "out_of_memory", f"Memory ran out. {error}".strip(), _MEMORY_HINT
    if isinstance(error, LabError):
        return error.code, error.detail, error.hint
    text = str(error)
    detail = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return "exception", detail, None


def is_gpu_out_of_memory(error: BaseException) -> bool:
    """Tell whether an accelerator had no memory left, without importing torch."""
    kind = type(error)
    if kind.__name__ == "OutOfMemoryError" and kind.__module__.startswith("torch"):
        return True
    text = str(error).lower()
    return (
        isinstance(error, RuntimeError)
        and "out of memory" in text
        and any(name in text for name in ("cuda", "mps", "hip"))
    )


def _innermost_line(trace: TracebackType | None) -> str | None:
    for frame in reversed(traceback.extract_tb(trace)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return f"gymlab/{path.relative_to(_PACKAGE)}:{frame.lineno}"
        if path.is_absolute() and not any(path.is_relative_to(root) for root in _LIBRARIES):
            return f"{path}:{frame.lineno}"
    return None
