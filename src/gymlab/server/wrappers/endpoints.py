"""Paths of the wrappers resource."""

from fastapi import APIRouter

from gymlab.domain.wrappers import WRAPPERS
from gymlab.server.answers import Page
from gymlab.server.wrappers.schemas import WrapperItem

router = APIRouter(tags=["wrappers"])


@router.get("/wrappers")
def list_wrappers() -> Page[WrapperItem]:
    """List the wrappers, each with the schema of its settings."""
    items = [
        WrapperItem(
            id=wrapper.id,
            title=wrapper.title,
            summary=wrapper.summary,
            schema=wrapper.config.model_json_schema(),
            applies_to=list(wrapper.applies_to),
            must_be_last=wrapper.is_runners,
            must_be_first=wrapper.is_innermost,
            is_of_reward=wrapper.is_rewards,
        )
        for wrapper in WRAPPERS.values()
    ]
    return Page[WrapperItem](items=items)
