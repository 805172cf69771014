"""Which runs are the same but for their seed, and how the others differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from gymlab.server.comparison.schemas import FieldDifference
from gymlab.storage.experiments import reward_label
from gymlab.storage.runs import StoredRun

Section = Literal["environment", "hyperparameters", "settings", "seed", "versions"]
MAX_LABEL_FIELDS = 3
MAX_LABEL_VALUE = 24
_NESTED = ("env_kwargs", "hyperparameters", "versions", "start_from", "evaluation")
_TOLD = ("total_", "max_", "start_from.", "reward_code", "wrappers")
"""Settings that are named in labels where they differ."""
REWARD = "reward_code"
_IGNORED = frozenset({"run_id", "schema_version"})
_BESIDE_THE_POINT = frozenset({
    "run_id",
    "schema_version",
    "seed",
    "preset",
    "device",
    "versions",
    "checkpoint_every_timesteps",
    "checkpoint_every_s",
    "evaluation",
})
"""What two seeds of one experiment may differ in."""

Fields = Mapping[str, Any]
_PLAIN = frozenset({str, int, float, bool, type(None)})
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Group:
    """Runs of the same specification, seed apart."""

    id: str
    label: str
    runs: list[StoredRun]

    @property
    def first(self) -> StoredRun:
        """A run that stands for all."""
        return self.runs[0]


def group_runs(runs: Sequence[StoredRun]) -> list[Group]:
    """Put runs of the same specification together, in the order of their first runs."""
    by_key: dict[str, list[StoredRun]] = {}
    for run in runs:
        by_key.setdefault(_key(run.spec), []).append(run)
    members = list(by_key.values())
    labels = _labels([group[0] for group in members])
    return [
        Group(f"g{number}", label, group)
        for number, (label, group) in enumerate(zip(labels, members, strict=True), start=1)
    ]


def differences(runs: Sequence[StoredRun]) -> tuple[list[FieldDifference], dict[str, Any]]:
    """Return the fields that differ between runs, and those that are the same in all."""
    flat = [flatten(run.spec) for run in runs]
    found: list[FieldDifference] = []
    same: dict[str, Any] = {}
    for field in dict.fromkeys(field for one in flat for field in one):
        values = [one.get(field) for one in flat]
        if _all_alike(values):
            same[field] = values[0]
        else:
            found.append(FieldDifference(field=field, section=section_of(field), values=values))
    order: list[Section] = ["environment", "settings", "hyperparameters", "versions", "seed"]
    return sorted(found, key=lambda one: order.index(one.section)), same


def _all_alike(values: Sequence[Any]) -> bool:
    first = values[0]
    # Most fields are plain and the same everywhere: nothing has to be written as text for that.
    if type(first) in _PLAIN and all(type(one) is type(first) and one == first for one in values):
        return True
    return len({_canonical(value) for value in values}) == 1


def flatten(spec: Fields) -> dict[str, Any]:
    """Return the fields of a specification by dotted path."""
    flat: dict[str, Any] = {}
    for name, value in spec.items():
        if name in _IGNORED:
            continue
        if name == REWARD:
            # The text itself would fill the page; its name and hash say which it is.
            flat[name] = reward_label(spec)
        elif name in _NESTED and isinstance(value, dict):
            nested = cast(Fields, value)
            flat.update({f"{name}.{key}": inner for key, inner in sorted(nested.items())})
        elif name not in _NESTED:
            flat[name] = value
    return flat


def section_of(field: str) -> Section:
    """Return where a field belongs."""
    if field.startswith(("env_id", "env_kwargs.")):
        return "environment"
    head = field.split(".", maxsplit=1)[0]
    if head == "hyperparameters":
        return "hyperparameters"
    if head == "versions":
        return "versions"
    return "seed" if head == "seed" else "settings"


def _key(spec: Fields) -> str:
    kept = {name: value for name, value in spec.items() if name not in _BESIDE_THE_POINT}
    # An evaluation on the way changes nothing, unless it ends training early.
    evaluation = cast(Fields, spec.get("evaluation") or {})
    code = cast(Fields, spec.get(REWARD) or {})
    # A setting that is not set is the same whether an earlier version knew of it or not.
    chosen = cast(Fields, spec.get("hyperparameters") or {})
    kept["hyperparameters"] = {k: v for k, v in chosen.items() if v is not None}
    kept[REWARD] = code.get("sha256")  # the same text is the same reward, whatever it is called
    kept["stop_at_return"] = evaluation.get("stop_at_return")
    return _canonical(kept)


def _labels(firsts: Sequence[StoredRun]) -> list[str]:
    found, _ = differences(firsts)
    varying = [one for one in found if one.section in {"hyperparameters", "environment"}]
    varying += [one for one in found if one.field.startswith(_TOLD)]
    told = [one for one in varying if one.field != "env_id"]
    has_environments = any(one.field == "env_id" for one in varying)
    labels: list[str] = []
    for place, run in enumerate(firsts):
        parts = [run.algorithm.upper()]
        if len({first.runner for first in firsts}) > 1:
            parts[0] += f" ({run.runner})"
        if has_environments:
            parts.append(run.env_id)
        own = [
            one for one in told if one.values[place] is not None and _is_told(one, place, firsts)
        ]
        parts += [
            f"{_short(one.field)} {_text(one.values[place])}" for one in own[:MAX_LABEL_FIELDS]
        ]
        if len(own) > MAX_LABEL_FIELDS:
            parts.append(f"+{len(own) - MAX_LABEL_FIELDS} more")
        labels.append(" · ".join(parts))
    return _distinct(labels)


def _is_told(one: FieldDifference, place: int, firsts: Sequence[StoredRun]) -> bool:
    """Tell whether a field says more than the algorithm's name does already."""
    algorithm = firsts[place].algorithm
    if one.section != "hyperparameters":
        return True
    relatives = [
        _canonical(value)
        for value, run in zip(one.values, firsts, strict=True)
        if run.algorithm == algorithm
    ]
    return len(set(relatives)) > 1


def _distinct(labels: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    distinct: list[str] = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        distinct.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return distinct


def _short(field: str) -> str:
    return "reward" if field == REWARD else field.rsplit(".", maxsplit=1)[-1]


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value):  # pyright: ignore[reportUnknownVariableType]
        value = "+".join(str(item["id"]) for item in cast("list[Fields]", value))
    if isinstance(value, float):
        return f"{value:g}"
    text = value if isinstance(value, str) else _canonical(value)
    return text if len(text) <= MAX_LABEL_VALUE else f"{text[: MAX_LABEL_VALUE - 1]}…"


def _canonical(value: Any) -> str:
    if type(value) is str:
        return f'"{value}"' if value.isidentifier() and value.isascii() else json.dumps(value)
    if type(value) in {int, float}:
        return repr(value)
    return _ENCODE(value)
