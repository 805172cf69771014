"""Print the description of the API: `python -m gymlab.server.openapi > web/openapi.json`."""

import json
import sys

from gymlab.server.api import bare_application


def main() -> None:
    """Write the OpenAPI document to standard output."""
    json.dump(bare_application().openapi(), sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
