"""A failure says what happened, where, and what to do."""

from collections.abc import Callable

import pytest

from gymlab.errors import TrainingFailedError, UserCodeError
from gymlab.protocol.worker import Failed
from gymlab.worker.failures import MAX_DETAIL, MAX_TRACEBACK, failure_of


class OutOfMemoryError(RuntimeError):
    """Looks like torch's own."""


OutOfMemoryError.__module__ = "torch"


def failure(action: Callable[[], object]) -> Failed:
    """Return the failure that an action's exception becomes."""
    try:
        action()
    except Exception as error:  # noqa: BLE001 - the point of the test
        return failure_of(error)
    raise AssertionError("nothing was raised")


def raising(error: Exception, cause: Exception | None = None) -> Callable[[], object]:
    """Return an action that raises this."""

    def action() -> None:
        raise error from cause

    return action


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 17 GB)"),
    ],
)
def test_a_full_gpu_names_the_settings_to_reduce(error: Exception) -> None:
    """Whatever words the backend uses, also behind a runner's own error."""
    wrapped = raising(TrainingFailedError("Out of memory", hint="Runner's advice."), error)
    for action in (raising(error), wrapped):
        failed = failure(action)
        assert failed.code == "gpu_out_of_memory"
        for setting in ("batch_size", "num_envs", "network size"):
            assert setting in (failed.hint or "")


def test_full_memory_names_the_settings_to_reduce() -> None:
    """The same for ordinary memory."""
    failed = failure(raising(MemoryError("Unable to allocate 8 PiB")))
    assert failed.code == "out_of_memory"
    assert "8 PiB" in failed.detail
    assert "buffer_size" in (failed.hint or "")


def test_an_expected_error_keeps_its_own_words() -> None:
    """Code, detail and hint are the runner's."""
    failed = failure(raising(TrainingFailedError("It diverged.", hint="Lower learning_rate.")))
    assert (failed.code, failed.detail, failed.hint) == (
        "training_failed",
        "It diverged.",
        "Lower learning_rate.",
    )


def test_the_line_is_of_the_innermost_own_file() -> None:
    """Frames inside libraries are passed over."""
    failed = failure(lambda: sorted([1, 2], key=lambda _: int("x")))
    assert failed.line is not None
    assert __file__ in failed.line
    assert "ValueError" in failed.detail


def test_an_endless_text_is_cut() -> None:
    """A message of a gigabyte does not go over the link."""
    failed = failure(raising(ValueError("x" * 1_000_000)))
    assert len(failed.detail) == MAX_DETAIL
    assert len(failed.traceback) == MAX_TRACEBACK


def test_an_error_without_words_has_its_name() -> None:
    """An empty message is no message."""
    assert failure(raising(KeyError())).detail == "KeyError"


def test_an_error_of_user_code_names_the_users_line() -> None:
    """Python's account shows the user's frames alone."""
    error = UserCodeError("<reward>:3: KeyError", line="<reward>:3", traceback_text="as told")
    failed = failure(raising(error))
    assert (failed.code, failed.line, failed.traceback) == (
        "user_code_failed",
        "<reward>:3",
        "as told",
    )
