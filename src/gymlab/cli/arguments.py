"""Arguments and options that several commands share."""

from typing import Annotated

import typer

RunId = Annotated[str, typer.Argument(help="Id of a run.", metavar="RUN")]
RunIds = Annotated[list[str], typer.Argument(help="Ids of runs.", metavar="RUN...")]
CheckpointOption = Annotated[
    str, typer.Option("--checkpoint", "-c", help="latest, best or a number of timesteps.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set a hyperparameter; repeatable.", metavar="KEY=VALUE"),
]
