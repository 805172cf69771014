"""What a server loads when it starts."""

import json
import subprocess
import sys

START = """
import json, sys
from gymlab import documenting
documenting.leave_out()
import gymlab.server.app, gymlab.server.main
from gymlab.server.health.schemas import Health
from gymlab.late import np
told = {
    "modules": sorted(sys.modules),
    "described": [name for name, field in Health.model_fields.items() if field.description],
}
told["sum"] = int(np.arange(4).sum())
told["loaded"] = "numpy" in sys.modules
print(json.dumps(told))
"""


def test_a_start_loads_no_numbers_and_reads_no_texts() -> None:
    """Numbers, validation of schemas and descriptions come when somebody asks."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, check=True)
    told = json.loads(done.stdout)
    heavy = {"numpy", "scipy", "jsonschema", "tsdownsample", "httpx", "torch", "gymnasium", "PIL"}
    assert heavy.isdisjoint(told["modules"])
    assert told["described"] == []
    # What is late is there when it is needed.
    assert told["sum"] == 6
    assert told["loaded"]
