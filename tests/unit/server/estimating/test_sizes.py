"""Memory and disk of a run."""

from gymlab.server.disk_use import DiskUse
from gymlab.server.estimating.buffers import ENV_BYTES
from gymlab.server.estimating.evidence import Evidence
from gymlab.server.estimating.sizes import (
    WORKER_BYTES,
    disk_of,
    memory_of,
    worker_of,
)
from gymlab.server.estimating.writing import bytes_after
from tests.unit.server.estimating.workload_examples import (
    OFF_POLICY,
    calibration,
    cost,
    finished,
    workload,
)

TRANSITION = 2 * 16 + 8 + 16


def test_the_replay_buffer_of_the_plan_takes_the_place_of_the_measured_one() -> None:
    """What was measured without its buffer, plus the buffer as far as it will be filled."""
    one = workload(memory=OFF_POLICY, buffer_size=1_000_000, total_timesteps=600_000)
    found = calibration(one, peak_bytes=400_000_000)
    worker = worker_of(one, Evidence(calibration=found))
    assert worker.bytes == 400_000_000 - 4000 * TRANSITION
    memory = memory_of(one, worker)
    # The checkpoint's copy comes on top.
    assert memory.bytes == worker.bytes + 2 * 600_000 * TRANSITION
    low, high = memory.range
    assert low < memory.bytes < high


def test_a_run_tells_more_than_a_measurement() -> None:
    """The largest of the newest ones."""
    one = workload(n_steps=100)
    runs = [finished(one, 1000, 5.0, peak_bytes=peak) for peak in (300_000_000, 310_000_000, None)]
    evidence = Evidence(runs=runs, calibration=calibration(one))
    assert memory_of(one, worker_of(one, evidence)).bytes == 310_000_000


def test_without_a_measurement_every_environment_counts() -> None:
    """A thousand of them are not free."""
    few, many = workload(num_envs=1), workload(num_envs=1001)
    assert worker_of(few, Evidence()).bytes == WORKER_BYTES
    more = memory_of(many, worker_of(many, Evidence())).bytes
    assert more - memory_of(few, worker_of(few, Evidence())).bytes == 1000 * ENV_BYTES


def test_disk_grows_with_timesteps_as_in_earlier_runs() -> None:
    """Rows grow, what is kept of checkpoints does not."""
    one = workload(total_timesteps=200_000)
    used = [(50_000, DiskUse(metrics=1000, checkpoints=5000, evaluations=200, logs=10))]
    assert disk_of(one, Evidence(), used, 10.0).bytes == 4000 + 5210


def test_a_folder_that_is_gone_tells_nothing() -> None:
    """The run was removed for good: the measurement counts."""
    one = workload(total_timesteps=1000)
    evidence = Evidence(calibration=calibration(one))
    found = disk_of(one, evidence, [(50_000, DiskUse())], 1.0).bytes
    assert found == int(bytes_after(one, cost(), 1.0))


def test_checkpoints_keep_two_replay_buffers() -> None:
    """As far as they are filled and not too large to be kept."""
    small = workload(memory=OFF_POLICY, buffer_size=1_000_000, total_timesteps=10_000)
    base = workload(total_timesteps=10_000)
    difference = (
        disk_of(small, Evidence(), [], 1.0).bytes - disk_of(base, Evidence(), [], 1.0).bytes
    )
    assert difference == 2 * 10_000 * TRANSITION
    large = workload(memory=OFF_POLICY, buffer_size=10**9, total_timesteps=10**9)
    rows = workload(total_timesteps=10**9)
    assert disk_of(large, Evidence(), [], 1.0).bytes == disk_of(rows, Evidence(), [], 1.0).bytes
