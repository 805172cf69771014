"""The compare page: 100 runs of 10 metrics and 10,000 points each."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.made_runs import MadeRun, make_run

RUNS, POINTS = 100, 10_000
SEEDS = 5
BAR_MS = 1000.0
INDEXING_TIMEOUT_S = 1800.0
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync"]  # fmt: skip
METRICS = (
    "loss/policy",
    "loss/value",
    "loss/entropy",
    "policy/entropy",
    "policy/approx_kl",
    "policy/clip_fraction",
    "value/explained_variance",
    "optim/learning_rate",
)
"""With the return and the length of every episode ten series a run."""


def measure(plan: Plan) -> Sequence[Figure]:
    """Ask for both parts of the page at once, then open the page."""
    num_runs, num_points = plan.size(RUNS, 10), plan.size(POINTS, 500)
    with TemporaryDirectory(prefix="gymlab-bench-") as folder:
        home = Path(folder)
        ids = [make_run(home / "runs", _wish(number, num_points)) for number in range(num_runs)]
        with running_lab(home=home, warm_workers=0) as lab:
            _wait_until_indexed(lab, ids, num_points)
            first_ms = _ask(lab, ids)
            answers = [_ask(lab, ids) for _ in range(plan.repeats)]
            pages = _open_pages(lab, ids, plan.repeats)
    return [
        median_figure(
            f"answers for the compare page, {RUNS} runs x 10 metrics x 10,000 points",
            answers,
            unit="ms",
            bar=BAR_MS,
            better="lower",
            note=f"the very first one {first_ms:.0f} ms",
        ),
        median_figure(
            "the compare page opens, the same runs",
            pages,
            unit="ms",
            bar=BAR_MS,
            better="lower",
            note=f"answers alone {median(answers):.0f} ms",
        ),
    ]


def _wish(number: int, num_points: int) -> MadeRun:
    group, seed = divmod(number, SEEDS)
    return MadeRun(
        final_return=100.0 + 10 * group,
        seed=seed,
        num_episodes=num_points,
        num_updates=num_points,
        total_timesteps=100 * num_points,
        hyperparameters={"learning_rate": 0.001 * (group + 1)},
        metrics=METRICS,
    )


def _wait_until_indexed(lab: Lab, ids: Sequence[str], num_points: int) -> None:
    deadline = time.monotonic() + INDEXING_TIMEOUT_S
    for run_id in ids:
        while True:
            series = lab.get(f"/runs/{run_id}/metrics", names=METRICS[-1], max_points=2)["series"]
            if series[METRICS[-1]]["total_points"] >= num_points:
                break
            if time.monotonic() > deadline:
                raise MeasurementError(f"run {run_id} was not indexed in time")
            time.sleep(0.2)


def _ask(lab: Lab, ids: Sequence[str]) -> float:
    """Return how long both answers take that the page asks for when it opens."""
    named = ",".join(ids)

    def ask(part: str) -> int:
        answer = lab.http.get("/runs/compare", params={"ids": named, "part": part})
        return len(answer.raise_for_status().content)

    begun = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        sizes = list(pool.map(ask, ("series", "statistics")))
    taken_ms = (time.perf_counter() - begun) * 1000
    if min(sizes) < 1000:
        raise MeasurementError(f"an answer has {min(sizes)} bytes only")
    return taken_ms


def _open_pages(lab: Lab, ids: Sequence[str], repeats: int) -> list[float]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise MeasurementError("Chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        page = browser.new_page()
        # The shell and its fonts are in the browser's cache, as for anybody who comes from Runs.
        page.goto(f"{lab.url}/runs")
        samples = [_open(page, f"{lab.url}/compare?ids={','.join(ids)}", len(ids))
                   for _ in range(repeats)]  # fmt: skip
        browser.close()
    return samples


def _open(page: Page, url: str, num_lines: int) -> float:
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(f'[data-lines="{num_lines}"] canvas').wait_for()
    page.get_by_role("heading", name="Verdict", exact=True).wait_for()
    return (time.perf_counter() - begun) * 1000
