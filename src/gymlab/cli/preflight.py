"""What `gymlab train` says before a start: checks, time, memory and disk."""

from gymlab.cli import output
from gymlab.sdk.client import Client
from gymlab.sdk.estimate_models import Calibration, Engine
from gymlab.sdk.models import Estimate, Preflight, RunOptions

MARKS = {"ok": "ok", "warning": "warning", "error": "ERROR"}


def measure(client: Client, env_id: str, options: RunOptions) -> None:
    """Have the settings measured on the server's machine, and say how that went."""
    output.stderr.print("measuring for a few seconds; nothing of it is kept", markup=False)
    for found in client.calibrate(env_id, **options):
        output.stderr.print(_outcome(found), markup=False)


def check(client: Client, env_id: str, options: RunOptions, *, as_json: bool) -> bool:
    """Print what speaks for and against a run; tell whether it could be started."""
    answer = client.check(env_id, **options)
    if as_json:
        output.print_json(answer)
        return answer.ok
    for line in answer.checks:
        hint = f" {line.hint}" if line.hint and line.status != "ok" else ""
        output.stdout.print(
            f"{MARKS.get(line.status, line.status):8}{line.detail}{hint}", markup=False
        )
    told = {line.detail for line in answer.checks}
    for problem in answer.problems:
        if problem.detail not in told:
            output.stdout.print(f"{'ERROR':8}{problem.detail} {problem.hint or ''}", markup=False)
    output.print_pairs(_figures(answer))
    return answer.ok


def announce(client: Client, env_id: str, options: RunOptions) -> None:
    """Say in one line what the run that is about to start will take."""
    answer = client.check(env_id, **options)
    estimate = answer.estimate
    if not answer.ok or estimate is None or estimate.duration_s is None:
        return
    parts = [
        f"about {_span(estimate)}",
        f"{output.size(estimate.memory_bytes)} of memory",
        f"{output.size(estimate.disk_bytes)} of disk",
    ]
    output.stderr.print(f"{', '.join(parts)}. {estimate.detail}", markup=False)


def preferred_engine(client: Client, env_id: str, options: RunOptions) -> Engine | None:
    """Return what the web app would train this with; None where somebody chose, or nothing can."""
    engines = [] if options.get("runner") else client.engines(env_id, **options)
    return next((engine for engine in engines if engine.is_default), None)


def engine_words(runner: str, preferred: Engine | None) -> str:
    """Say what trains, and where nobody chose it what the web app would have taken."""
    if preferred is None or preferred.runner == runner:
        return f"engine: {runner}"
    times = preferred.times_faster
    measured = f", about {times:.1f} times as fast as {preferred.compared_with}" if times else ""
    return f"engine: {runner}; the web app takes --runner {preferred.runner} here{measured}"


def _figures(answer: Preflight) -> list[tuple[str, object]]:
    estimate = answer.estimate
    if estimate is None:
        return []
    return [
        ("time", _span(estimate)),
        ("before the first timestep", output.duration(estimate.startup_s)),
        ("memory", output.size(estimate.memory_bytes)),
        ("disk", output.size(estimate.disk_bytes)),
        ("how sure", f"{estimate.confidence}. {estimate.detail}".strip()),
    ]


def _span(estimate: Estimate) -> str:
    text = output.duration(estimate.duration_s)
    span = estimate.duration_range_s
    if not text or span is None:
        return text
    return f"{text} ({output.duration(span.low)} to {output.duration(span.high)})"


def _outcome(found: Calibration) -> str:
    hint = f" {found.hint}" if found.hint else ""
    return f"{found.runner}: {found.detail}{hint}"
