"""`gymlab envs`: the environments that an agent can be trained in."""

from typing import Annotated

import typer

from gymlab.cli import output
from gymlab.cli.connection import HomeOption, UrlOption, connect
from gymlab.cli.output import JsonOption

app = typer.Typer(no_args_is_help=True, help="List and show environments.")


@app.command("list")
def list_envs(
    *,
    family: Annotated[str | None, typer.Option(help="Only this family, for example box2d.")] = None,
    q: Annotated[str | None, typer.Option("--search", help="Only those with this text.")] = None,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the catalogue; what cannot be used here is listed with the reason."""
    with connect(url, home) as client:
        found = client.environments(family=family, q=q)
    output.print_found(
        found,
        ("ID", "FAMILY", "ACTIONS", "OBSERVATIONS", "SOLVED AT", "AVAILABLE"),
        [
            (
                env.id,
                env.family,
                env.action_space and env.action_space.text,
                env.observation_space and env.observation_space.text,
                env.reward_threshold,
                "yes" if env.available else f"no: {env.unavailable_reason}",
            )
            for env in found
        ],
        empty="No environment passes the filter.",
        as_json=as_json,
    )


@app.command()
def show(
    env_id: Annotated[str, typer.Argument(help="Id of an environment.", metavar="ENV")],
    *,
    url: UrlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an environment: spaces, limits and its own documentation."""
    with connect(url, home) as client:
        env = client.environment(env_id)
    if as_json:
        output.print_json(env)
        return
    output.print_pairs([
        ("id", env.id),
        ("title", env.title),
        ("notice", env.notice),
        ("family", env.family),
        ("summary", env.summary),
        ("action space", env.action_space and env.action_space.text),
        ("observation space", env.observation_space and env.observation_space.text),
        ("time limit", env.max_episode_steps),
        ("solved at a return of", env.reward_threshold),
        ("available", "yes" if env.available else f"no: {env.unavailable_reason}"),
        ("arguments", env.default_kwargs),
    ])
    for meaning in env.action_meanings:
        output.stdout.print(f"  action {meaning.action}: {meaning.meaning}", markup=False)
    for section in env.description:
        output.stdout.print(f"\n{section.title}", style="bold", markup=False)
        output.stdout.print(section.markdown, markup=False)
