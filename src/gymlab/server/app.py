"""The application: routes, guards and what lies behind them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from fastapi import FastAPI

from gymlab.server.api import bare_application
from gymlab.server.http.description import install_description
from gymlab.server.http.errors import install_error_handlers
from gymlab.server.http.guards import Guard, trusted_hosts
from gymlab.server.http.web_app import install_web_app
from gymlab.server.lab import Lab
from gymlab.server.runs.view import render_run
from gymlab.server.welcome import is_empty, start_welcome_run
from gymlab.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves one data folder."""

    @contextlib.asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncGenerator[None]:
        lab = Lab(settings, render_run)
        application.state.lab = lab
        await lab.start()
        welcoming: asyncio.Task[None] | None = None
        if settings.welcome_run and await asyncio.to_thread(is_empty, lab):
            welcoming = asyncio.create_task(start_welcome_run(lab), name="welcome-run")
        try:
            yield
        finally:
            if welcoming is not None:
                welcoming.cancel()
            await lab.close()

    application = bare_application(lifespan=lifespan)
    install_error_handlers(application)
    install_description(application)
    install_web_app(application)
    application.add_middleware(Guard, hosts=trusted_hosts(settings.host))
    return application
