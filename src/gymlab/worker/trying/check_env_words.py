"""What Gymnasium's checker says, in words that say what to do."""

import re

from gymlab.worker.trying.findings import Status, without_place

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PREFIX = re.compile(r"^(?:WARN|ERROR): |^(?:AssertionError|[A-Za-z.]*Error): ")
_CLASS = re.compile(r"<class '([^']+)'>")
MAX_TEXT = 400

# Words of the checker -> result, what to say (None: the checker's own words), what to do.
_SEED_HINT = "Write `super().reset(seed=seed)` as the first line of `reset`."
_RANDOM_HINT = "Draw from `self.np_random` alone, and set everything an episode changes in `reset`."
_KNOWN: tuple[tuple[str, Status, str | None, str | None], ...] = (
    ("env.spec", "ok", None, None),
    ("render_modes", "ok", None, None),
    ("render_fps", "ok", None, None),
    ("unwrapped version", "ok", None, None),
    ("share an object", "error", "The same object is returned again and changed later.",
     "Return a new array and a new dict at every call, for example `self.state.copy()`."),
    ("not within the observation space", "error",
     "The observation is not in the observation space.",
     "Compare shape, type and bounds of `observation_space` with what is returned."),
    ("truncates after 1 step", "warning", "`truncated` is no plain False after the first timestep.",
     "Return `bool(...)`, and let episodes last longer than one timestep."),
    ("random number generator", "error", "`self.np_random` is not seeded by `reset`.", _SEED_HINT),
    ("random generates", "error", "`self.np_random` is not seeded by `reset`.", _SEED_HINT),
    ("initialized env._np_random", "error", "`self.np_random` is not seeded by `reset`.",
     _SEED_HINT),
    ("non-deterministic", "error", "The same seed gives different first observations.",
     _RANDOM_HINT),
    ("not properly been updated", "error", "The same seed gives different random numbers.",
     _RANDOM_HINT),
    ("Deterministic step", "error", "The same seed and action give different timesteps.",
     _RANDOM_HINT),
    ("not equal although similar", "warning", "The same seed gives almost the same numbers.",
     _RANDOM_HINT),
    ("does not provide a `seed`", "error", "`reset` takes no `seed`.",
     "Write `def reset(self, *, seed=None, options=None):`."),
    ("does not provide an `options`", "error", "`reset` takes no `options`.",
     "Write `def reset(self, *, seed=None, options=None):`."),
    ("symmetric", "warning", "Actions do not reach from -1 to 1, which many algorithms expect.",
     "Let actions reach from -1 to 1 and scale them in `step`."),
    ("low value is greater than a high", "error", "A lower bound is above its upper bound.",
     "Correct the bounds of the space."),
    ("maximum and minimum values are equal", "warning", "A lower bound equals its upper bound.",
     "Correct the bounds of the space."),
    ("to be a boolean", "warning", None, "Return `bool(...)`."),
    ("dtype", "warning", None, "Use the same NumPy type in the space and in what is returned."),
    ("closed environment", "warning", "`close` cannot be called twice.",
     "Let `close` do nothing the second time."),
)  # fmt: skip


def in_words(said: str) -> tuple[Status, str, str | None]:
    """Return the result, a sentence and what to do, for what the checker said."""
    text = _COLOUR.sub("", said).strip()
    text = _PREFIX.sub("", _PREFIX.sub("", without_place(text)))
    text = _CLASS.sub(lambda found: found[1], text)[:MAX_TEXT]
    for words, status, message, hint in _KNOWN:
        if words in text:
            return status, message or _sentence(text), hint
    is_warning = said.startswith("\x1b[33m") or "WARN" in said
    return "warning" if is_warning else "error", _sentence(text), None


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
