"""Code of people: written, checked while it is typed, kept, trained with, and never lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.e2e.looking import LOOKS, assert_accessible, assert_fits

pytestmark = pytest.mark.timeout(300)
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} ';--\" ${x}"
WRONG = """def reward_function(obs, action):
    return {"upright": 1.0 - abs(obs[2]), "centre": -abs(postion)}
"""
RIGHT = WRONG.replace("postion", "obs[0]")
SLOW_MS = 30_000
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""


def _new(lab: Any, source: str = RIGHT, *, name: str = "Balance", kind: str = "reward") -> Any:
    return lab.api("POST", "/code", json={"kind": kind, "name": name, "source": source})


def _editor(page: Page) -> Locator:
    editor = page.locator("[data-editor=monaco]")
    expect(editor.locator(".view-line").first).to_be_visible(timeout=SLOW_MS)
    return editor


def _write(page: Page, source: str) -> None:
    _editor(page).locator(".view-lines").click()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, source)


def test_a_reward_is_written_mended_saved_and_trained_with(lab: Any, open_page: Any) -> None:
    """From the empty library to curves of the reward's terms beside the environment's own return."""
    page = open_page(f"{lab.url}/code")
    expect(page.get_by_text("No code yet")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="New file").first.click()
    dialog = page.get_by_role("dialog", name="New file")
    dialog.get_by_text("Shaped reward").click()
    dialog.get_by_role("textbox", name="Name").fill("Stay upright")
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/code/[0-9a-z]{12}"), timeout=SLOW_MS)

    _write(page, WRONG)
    problems = page.get_by_role("region", name="Problems")
    expect(problems.get_by_text(re.compile("postion")).first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".squiggly-error")).not_to_have_count(0, timeout=SLOW_MS)
    _write(page, RIGHT)
    expect(problems.get_by_text("No problem found")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".squiggly-error")).to_have_count(0, timeout=SLOW_MS)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 2")).to_be_visible(timeout=SLOW_MS)
    stored = lab.api("GET", f"/code/{page.url.rsplit('/', 1)[1].split('?')[0]}")
    assert stored["source"] == RIGHT


def test_a_run_learns_from_a_reward_of_the_library(lab: Any, open_page: Any) -> None:
    """Its terms are curves beside the environment's own return, and the run carries the source."""
    stored = _new(lab, name="Stay upright, always")
    page = open_page(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    page.locator("summary", has_text=re.compile("^Reward")).click(timeout=60_000)
    page.locator("label.pill", has_text="Library").click()
    page.get_by_label("Reward of the library", exact=True).select_option("Stay upright, always")
    page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE)).fill("2000")
    expect(page.locator("#train")).to_be_enabled(timeout=SLOW_MS)
    page.locator("#train").click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=SLOW_MS)
    run_id = page.url.split("run=")[1][:12]
    expect(page.locator("#own-reward")).to_be_visible(timeout=90_000)
    run = lab.wait(run_id, lambda run: run["status"] in {"completed", "failed"}, 120)
    assert run["status"] == "completed", run

    page.goto(f"{lab.url}/runs/{run_id}")
    section = page.get_by_role("region", name="Your reward")
    both = section.get_by_role("img", name=re.compile("your reward ends at .*own ends at"))
    expect(both).to_be_visible(timeout=SLOW_MS)
    terms = section.get_by_role("img", name=re.compile("upright ends at|centre ends at"))
    expect(terms).to_be_visible()
    expect(page.get_by_role("article", name="Episode return", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text(f"SHA-256 {stored['sha256']}")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("link", name="Stay upright, always")).to_be_visible()


def test_what_was_not_saved_survives_reload_and_crash(lab: Any, open_page: Any) -> None:
    """The same text stands there after a reload, and after a page that ended without a word."""
    code = _new(lab)
    page = open_page(f"{lab.url}/code/{code['id']}")
    _write(page, "# never saved\n" + RIGHT)
    expect(page.get_by_text("unsaved changes")).to_be_visible()
    page.reload()
    expect(_editor(page).get_by_text("# never saved")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("unsaved changes")).to_be_visible()

    _write(page, "# typed before the crash\n" + RIGHT)
    page.wait_for_function(
        "() => Object.values(localStorage).some((one) => one.includes('before the crash'))"
    )
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto(f"{lab.url}/code/{code['id']}")
    expect(_editor(again).get_by_text("# typed before the crash")).to_be_visible(timeout=SLOW_MS)
    again.get_by_role("button", name="Discard the changes").click()
    expect(again.get_by_text("unsaved changes")).to_be_hidden()
    again.get_by_role("button", name="Undo").click()
    expect(_editor(again).get_by_text("# typed before the crash")).to_be_visible(timeout=SLOW_MS)


def test_two_tabs_with_one_file_lose_nothing(lab: Any, open_page: Any) -> None:
    """The second to save sees both texts and decides; either way both are versions."""
    code = _new(lab)
    address = f"{lab.url}/code/{code['id']}"
    first: Page = open_page(address)
    second = first.context.new_page()
    second.goto(address)
    _write(first, "# first tab\n" + RIGHT)
    _write(second, "# second tab\n" + RIGHT)
    first.bring_to_front()
    first.keyboard.press("Control+s")
    expect(first.get_by_text("Saved as version 2")).to_be_visible(timeout=SLOW_MS)

    second.bring_to_front()
    second.keyboard.press("Control+s")
    conflict = second.get_by_role("region", name="Changed elsewhere")
    expect(conflict.get_by_text("Version 2 was saved elsewhere")).to_be_visible(timeout=SLOW_MS)
    expect(conflict.locator("[data-editor=diff]").get_by_text("# first tab")).to_be_visible()
    conflict.get_by_role("button", name="Keep mine as version 3").click()
    expect(conflict).to_be_hidden(timeout=SLOW_MS)
    sources = [
        lab.api("GET", f"/code/{code['id']}?version={version}")["source"] for version in (1, 2, 3)
    ]
    assert sources == [RIGHT, "# first tab\n" + RIGHT, "# second tab\n" + RIGHT]

    _write(first, "# first again\n" + RIGHT)
    first.keyboard.press("Control+s")
    conflict = first.get_by_role("region", name="Changed elsewhere")
    conflict.get_by_role("button", name="Take version 3").click(timeout=SLOW_MS)
    expect(_editor(first).get_by_text("# second tab")).to_be_visible(timeout=SLOW_MS)
    first.get_by_role("button", name="Undo").click()
    expect(_editor(first).get_by_text("# first again")).to_be_visible(timeout=SLOW_MS)


def test_an_older_version_is_compared_and_comes_back(lab: Any, open_page: Any) -> None:
    """The text of version 1 stands in the editor and becomes the newest version."""
    code = _new(lab)
    change = {"source": "# newer\n" + RIGHT}
    lab.api("PUT", f"/code/{code['id']}", json=change, headers={"If-Match": '"1"'})
    page = open_page(f"{lab.url}/code/{code['id']}")
    _editor(page)
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name=re.compile("^Version 1")).click(timeout=SLOW_MS)
    expect(page.locator("[data-editor=diff]").get_by_text("# newer")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Bring version 1 back").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 3")).to_be_visible(timeout=SLOW_MS)
    assert lab.api("GET", f"/code/{code['id']}")["source"] == RIGHT


def test_deletion_can_be_taken_back_and_names_are_only_text(lab: Any, open_page: Any) -> None:
    """A hostile name is shown as it is; "Undo" brings the file back before it is gone."""
    code = _new(lab, name=HOSTILE)
    page = open_page(f"{lab.url}/code/{code['id']}")
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_have_value(HOSTILE, timeout=SLOW_MS)
    page.get_by_role("button", name="Delete this file").click()
    card = page.locator(f"[data-code='{code['id']}']")
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("link", name=HOSTILE)).to_be_visible(timeout=SLOW_MS)
    assert lab.api("GET", f"/code/{code['id']}")["name"] == HOSTILE
    card.get_by_role("button", name=f"Delete {HOSTILE}").click()
    page.goto(f"{lab.url}/runs")
    page.goto(f"{lab.url}/code/{code['id']}")
    expect(page.get_by_text("There is no such file")).to_be_visible(timeout=SLOW_MS)


def test_without_monaco_a_plain_field_does_the_same(lab: Any, open_page: Any) -> None:
    """The chunk does not arrive; typing, checking and saving go on."""
    code = _new(lab)
    page: Page = open_page(f"{lab.url}/code")
    page.context.route(re.compile(r"/assets/monaco-.*\.js"), lambda route: route.abort())
    page.goto(f"{lab.url}/code/{code['id']}")
    field = page.get_by_role("textbox", name="Balance, Python source")
    expect(field).to_have_value(RIGHT, timeout=SLOW_MS)
    field.fill(WRONG)
    problem = page.get_by_role("region", name="Problems").get_by_role("button").first
    problem.click(timeout=SLOW_MS)
    expect(field).to_be_focused()
    field.press("Control+s")
    expect(page.get_by_text("Saved as version 2")).to_be_visible(timeout=SLOW_MS)


def test_the_editor_comes_with_no_other_page_and_obeys_the_policy(lab: Any, open_page: Any) -> None:
    """Its code is fetched where somebody is about to edit; nothing that it does is refused."""
    code = _new(lab)
    page: Page = open_page(f"{lab.url}/code")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for address in ("/", "/lab?env=CartPole-v1", "/runs"):
        page.goto(lab.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_attached(timeout=SLOW_MS)
    assert [url for url in asked if "monaco" in url] == []
    page.goto(f"{lab.url}/code/{code['id']}")
    _write(page, RIGHT)
    with page.expect_worker(timeout=SLOW_MS) as worker:
        page.keyboard.type("\n# h\u00e9llo \u0430\nrew")
        page.keyboard.press("Control+Space")
    expect(page.locator(".suggest-widget")).to_be_visible(timeout=SLOW_MS)
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert "editor.worker" in worker.value.url


def test_wrappers_are_chained_by_keyboard(lab: Any, open_page: Any) -> None:
    """Added, moved, set; the run carries them from the inside out."""
    page = open_page(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    page.locator("summary", has_text=re.compile("^Wrappers")).click(timeout=60_000)
    add = page.get_by_label("Add a wrapper", exact=True)
    add.select_option("frame_stack", timeout=SLOW_MS)
    add.select_option("time_limit")
    page.get_by_role("textbox", name="Max episode steps").fill("60")
    up = page.get_by_role("button", name="Move Time limit inwards")
    up.focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE)).fill("600")
    expect(page.locator("#train")).to_be_enabled(timeout=SLOW_MS)
    page.locator("#train").click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=SLOW_MS)
    run_id = page.url.split("run=")[1][:12]
    chain = lab.api("GET", f"/runs/{run_id}/config")["wrappers"]
    assert [link["id"] for link in chain] == ["time_limit", "frame_stack"]
    assert chain[0]["kwargs"]["max_episode_steps"] == 60
    page.goto(f"{lab.url}/runs/{run_id}?tab=code")
    expect(page.get_by_text("time_limit")).to_be_visible(timeout=SLOW_MS)


def test_two_rewards_are_trained_on_the_same_seeds(lab: Any, open_page: Any) -> None:
    """One step makes both experiments; they differ in the reward alone."""
    code = _new(lab, name="Second thoughts")
    page = open_page(f"{lab.url}/lab?env=CartPole-v1&algorithm=ppo")
    page.locator("summary", has_text=re.compile("^Reward")).click(timeout=60_000)
    page.get_by_role("switch", name="Compare with a second reward").click()
    page.locator("label.pill", has_text="Library").last.click()
    page.get_by_label("Reward B of the library", exact=True).select_option("Second thoughts")
    page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE)).fill("500")
    page.locator("#train", has_text="Train both").click(timeout=SLOW_MS)
    page.get_by_role("link", name="Compare them").click(timeout=SLOW_MS)
    page.wait_for_url(re.compile(r"/compare\?ids="), timeout=SLOW_MS)
    ids = page.url.split("ids=")[1].split("&")[0].replace("%2C", ",").split(",")
    configs = [lab.api("GET", f"/runs/{run_id}/config") for run_id in ids]
    assert len({config["seed"] for config in configs}) == 1
    own = [config["reward_code"] for config in configs if config["reward_code"] is not None]
    assert (len(configs), [one["code_id"] for one in own]) == (2, [code["id"]])


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize("name", ["library", "new", "editor", "versions", "reward", "missing"])
def test_code_pages_are_accessible_and_fit(
    lab: Any, open_page: Any, axe_source: str, name: str, width: int, theme: str
) -> None:
    """No violation, nothing cut off, at every width and theme."""
    code = _new(lab, name="A reward with quite a long name that has to wrap somewhere")
    steps: dict[str, tuple[str, Callable[[Page], object]]] = {
        "library": ("/code", lambda page: page.locator("[data-code]").first.wait_for()),
        "new": ("/code?new=environment", lambda page: page.get_by_text("Begin with").wait_for()),
        "editor": (f"/code/{code['id']}", _editor),
        "versions": (
            f"/code/{code['id']}",
            lambda page: page.get_by_role("tab", name="Versions").click(),
        ),
        "reward": ("/lab?env=CartPole-v1&algorithm=ppo", _open_reward),
        "missing": ("/code/000000000000", lambda page: page.get_by_text("no such").wait_for()),
    }
    address, prepare = steps[name]
    page = open_page(lab.url + address, width=width, theme=theme)
    page.set_default_timeout(60_000)
    prepare(page)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW_MS)
    assert_accessible(page, axe_source)
    assert_fits(page, width)


def _open_reward(page: Page) -> None:
    page.locator("summary", has_text=re.compile("^Reward")).click()
    page.locator("label.pill", has_text="Here").first.click()
    page.get_by_role("button", name="Write and try").click()
    _editor(page)


def test_a_reward_is_tried_before_anybody_trains(lab: Any, open_page: Any) -> None:
    """Three episodes with pictures and curves; a mistake names its line."""
    code = _new(lab)
    page = open_page(f"{lab.url}/code/{code['id']}")
    _editor(page).locator(".view-lines").click()
    page.keyboard.press("Control+Enter")
    known = page.get_by_role("list", name="What is known about this reward")
    expect(known).to_be_visible(timeout=60_000)
    expect(
        page.get_by_role("img", name=re.compile("your reward ends at .*upright"))
    ).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("The environment at timestep"))).to_be_visible()
    page.locator("label", has=page.locator("[name=tried-episode]")).nth(1).click()
    _write(page, "def reward_function(obs, action):\n    return float('nan') / (obs[0] - obs[0])\n")
    page.get_by_role("button", name="Try it").click()
    errors = page.get_by_role("list", name="Errors")
    errors.get_by_role("button", name="line 2").first.click(timeout=60_000)
    expect(page.locator(".line-numbers.active-line-number")).to_have_text("2")


def test_an_environment_is_mended_and_trained_on(lab: Any, open_page: Any) -> None:
    """`check_env` complains in readable lines, and what is mended is in the catalogue."""
    template = lab.api("GET", "/code/templates?kind=environment")["items"][0]["source"]
    code = _new(
        lab, template.replace("np.float32", "np.float64", 1), name="Drone", kind="environment"
    )
    page = open_page(f"{lab.url}/code/{code['id']}")
    _editor(page)
    page.get_by_role("button", name="Try it").click()
    findings = page.get_by_role("list", name="Findings")
    expect(findings.get_by_text(re.compile("float64")).first).to_be_visible(timeout=60_000)
    _write(page, template)
    page.get_by_role("button", name="Save and train on it").click()
    page.wait_for_url(re.compile(r"/lab\?env="), timeout=SLOW_MS)
    page.get_by_role("textbox", name=re.compile("total timesteps", re.IGNORECASE)).fill("600")
    expect(page.locator("#train")).to_be_enabled(timeout=SLOW_MS)
    page.locator("#train").click()
    page.wait_for_url(re.compile(r"run=[0-9a-z]{12}"), timeout=SLOW_MS)
    run = lab.wait(page.url.split("run=")[1][:12], lambda run: run["status"] == "completed", 120)
    assert run["env_id"] == f"code/{code['id']}@2"


def test_an_environment_of_several_files_is_edited_in_tabs(lab: Any, open_page: Any) -> None:
    """A problem names its file and opens it; what is saved is one version of all files."""
    templates = {item["id"]: item for item in lab.api("GET", "/code/templates")["items"]}
    source = templates["environment_files"]["source"].replace("gravity * TIME", "gravity * TIEM")
    code = _new(lab, source, name="Juggle", kind="environment")
    page = open_page(f"{lab.url}/code/{code['id']}")
    _editor(page)
    expect(page.get_by_role("tab", name="main.py", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    problems = page.get_by_role("region", name="Problems")
    problems.get_by_role("button", name=re.compile(r"physics\.py, line 22 `TIEM`")).click(
        timeout=SLOW_MS
    )
    tab = page.get_by_role("tab", name="physics.py · error", exact=True)
    expect(tab).to_have_attribute("aria-selected", "true")
    files = source.split("# ---- file: ")
    physics = next(part for part in files if part.startswith("physics.py")).partition("\n")[2]
    _write(page, physics.replace("TIEM", "TIME").removesuffix("\n"))
    page.keyboard.press("Control+End")
    typed = "# typed faster than a page draws: 0123456789"
    page.keyboard.type(typed)
    expect(problems.get_by_role("status")).to_have_text("No problem found", timeout=SLOW_MS)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 2", exact=True)).to_be_visible(timeout=SLOW_MS)
    saved = lab.api("GET", f"/code/{code['id']}")
    assert saved["source"].count("# ---- file: ") == 2
    assert "TIEM" not in saved["source"]
    assert typed in saved["source"]


def test_an_evaluation_of_ones_own_is_shown_with_the_usual_numbers(
    lab: Any, open_page: Any
) -> None:
    """TEST offers it, and its metrics stand in the panel."""
    source = "def evaluate(episodes):\n    return {'num_played': float(len(episodes))}\n"
    _new(lab, source, name="How many", kind="evaluation")
    run_id = lab.train(total_timesteps=2_000)
    lab.wait(run_id, lambda run: run["status"] == "completed", 90)
    page = open_page(f"{lab.url}/runs/{run_id}?tab=evaluations")
    page.get_by_role("button", name="Choose what to test").click(timeout=SLOW_MS)
    dialog = page.get_by_role("dialog", name="Test the policy")
    dialog.get_by_label("Own metrics", exact=True).select_option("How many")
    dialog.get_by_role("textbox", name="Episodes").fill("4")
    dialog.get_by_role("switch", name="Film").click()
    dialog.get_by_role("button", name="Test", exact=True).click()
    own = page.get_by_role("region", name="Own metrics")
    expect(own.get_by_text("num_played")).to_be_visible(timeout=90_000)
    expect(own.get_by_role("link", name="How many")).to_be_visible()


def test_a_reward_that_is_hacked_is_told(lab: Any, open_page: Any) -> None:
    """An agent that is paid for falling soon falls soon, and the page says so."""
    source = 'def reward_function(obs, action):\n    return {"hurry": -1.0}\n'
    body = {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "total_timesteps": 20_000,
        "reward_code": {"source": source},
    }
    run_id = lab.api("POST", "/runs", json=body)["id"]
    page = open_page(f"{lab.url}/runs/{run_id}")
    alert = page.get_by_role("region", name="Findings")
    expect(alert.get_by_text("The agent earns your reward")).to_be_visible(timeout=120_000)
    page.goto(f"{lab.url}/lab?env=CartPole-v1&run={run_id}")
    expect(alert.get_by_text("Most of the rise is the term hurry")).to_be_visible(timeout=60_000)
