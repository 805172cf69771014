"""Paths of the wrappers resource."""

from gymlab.domain.wrappers import WRAPPERS
from gymlab.server.answers import Page
from gymlab.server.http.routers import NOT_POSSIBLE, api_router
from gymlab.server.wrappers.schemas import WrapperItem

router = api_router("wrappers", errors=NOT_POSSIBLE)


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
