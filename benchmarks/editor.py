"""The code editor: from the click to where one can type, and how long trying a reward takes."""

import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.compare import CHROMIUM_FLAGS
from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import Lab, MeasurementError, running_lab

READY_BAR_S = 1.5
TRIAL_BAR_S = 3.0
LOOKING_S = 2.0
"""How long somebody looks at the list of files before the click."""
ENV_ID = "LunarLander-v3"
HOVER = (
    "def reward_function(obs, action):\n"
    '    return {"hover": 1.0 - abs(obs[..., 3]), "high": obs[..., 1]}\n'
)


def measure(plan: Plan) -> Sequence[Figure]:
    """Open the editor in browsers that know nothing of it, and try a reward in three episodes."""
    with running_lab(warm_workers=1) as lab:
        body = {"kind": "reward", "name": "Hover", "source": HOVER}
        code_id = str(lab.post("/code", body)["id"])
        ready = _opened(partial(_click, lab, code_id), plan.repeats)
        direct = _opened(partial(_go, lab, code_id), plan.repeats)
        trials = [_tried(lab) for _ in range(plan.repeats)]
    return [
        median_figure(
            "the code editor is ready after the click on a file, nothing cached from earlier visits",
            ready,
            unit="s",
            bar=READY_BAR_S,
            better="lower",
            note=f"after {LOOKING_S:g} s on the page with the list, which fetches it when idle",
        ),
        median_figure(
            "the code editor is ready after its address was entered, nothing cached",
            direct,
            unit="s",
            bar=None,
            better="lower",
            note="page, editor and document are all fetched in this time",
        ),
        median_figure(
            f"a reward is tried in three episodes of {ENV_ID}, with pictures",
            trials,
            unit="s",
            bar=TRIAL_BAR_S,
            better="lower",
        ),
    ]


def _opened(open_editor: Callable[[Page], float], repeats: int) -> list[float]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise MeasurementError("Chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        samples = [_in_new_profile(browser, open_editor) for _ in range(repeats)]
        browser.close()
    return samples


def _in_new_profile(browser: Browser, open_editor: Callable[[Page], float]) -> float:
    context = browser.new_context()
    taken_s = open_editor(context.new_page())
    context.close()
    return taken_s


def _click(lab: Lab, code_id: str, page: Page) -> float:
    page.goto(f"{lab.url}/code")
    link = page.locator(f'a[href="/code/{code_id}"]').first
    link.wait_for()
    page.wait_for_timeout(LOOKING_S * 1000)
    lab.wait_until_quiet(num_workers=1)
    begun = time.perf_counter()
    link.click()
    return _ready(page) - begun


def _go(lab: Lab, code_id: str, page: Page) -> float:
    lab.wait_until_quiet(num_workers=1)
    begun = time.perf_counter()
    page.goto(f"{lab.url}/code/{code_id}", wait_until="commit")
    return _ready(page) - begun


def _ready(page: Page) -> float:
    page.locator("[data-editor=monaco] .view-line").first.wait_for()
    return time.perf_counter()


def _tried(lab: Lab) -> float:
    # What the page asks for when the editor opens; a worker for the trial is started then.
    lab.get("/code/scope", kind="reward", env_id=ENV_ID)
    lab.wait_until_quiet(num_workers=2)
    begun = time.perf_counter()
    body = {"kind": "reward", "source": HOVER, "env_id": ENV_ID, "num_episodes": 3, "seed": 1}
    found = lab.post("/code/try", body)
    taken_s = time.perf_counter() - begun
    if found["problems"] or len(found["episodes"]) != 3:
        raise MeasurementError(f"the trial went wrong: {found['problems']}")
    return taken_s
