"""Find the server of a data folder."""

from gymlab.cli.server_file import read_server_file
from gymlab.errors import LabError
from gymlab.sdk.client import Client
from gymlab.settings import Settings


def running_server(settings: Settings) -> Client | None:
    """Return a client of the server that owns the data folder, or None."""
    told = read_server_file(settings.home)
    if told is None:
        return None
    client = Client(told.url)
    try:
        health = client.health()
    except LabError:
        client.close()
        return None
    if health.instance != told.instance:
        # Another lab took the port after this one's server had died.
        client.close()
        return None
    return client
