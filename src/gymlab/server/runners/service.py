"""Listing runners."""

from gymlab.domain.runners import RunnerDescription
from gymlab.server.answers import Page
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.runners.schemas import AlgorithmItem, RunnerItem


def list_runners(catalogue: Catalogue) -> Page[RunnerItem]:
    """Return the runners that a person may choose."""
    listed = [runner for runner in catalogue.runners if runner.manifest.is_listed]
    return Page[RunnerItem](items=[_item(runner) for runner in listed])


def _item(runner: RunnerDescription) -> RunnerItem:
    manifest = runner.manifest
    return RunnerItem(
        id=manifest.id,
        title=manifest.title,
        kind=manifest.kind.value,
        summary=manifest.summary,
        available=runner.available,
        unavailable_reason=runner.unavailable_reason,
        capabilities=manifest.capabilities,
        model_formats=manifest.model_formats,
        versions=runner.versions,
        algorithms=[
            AlgorithmItem(
                id=item.id,
                title=item.title,
                summary=item.summary,
                paper=item.paper,
                action_spaces=item.action_spaces,
                observation_spaces=item.observation_spaces,
                main_loss=item.main_loss,
                schema=item.schema_,
                presets=item.presets,
            )
            for item in runner.algorithms
        ],
    )
