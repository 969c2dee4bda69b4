"""Prints, for each case of the JSON on stdin, the settings that Databricks' own SDK takes. No request is sent."""
import json
import os
import sys
import tempfile

from databricks.sdk.config import Config

Config._resolve_host_metadata = lambda self: None
Config.init_auth = lambda self: None
NAMES = ["host", "token", "client_id", "client_secret", "auth_type"]


def settings(variables, home):
    for name in [name for name in os.environ if name.startswith(("DATABRICKS_", "ARM_"))]:
        del os.environ[name]
    os.environ.update(variables, HOME=home)
    try:
        config = Config()
    except ValueError as error:
        kinds = ["more than one", "has no", "reserved"]
        return {"error": next((kind for kind in kinds if kind in str(error)), str(error))}
    return {name: getattr(config, name) for name in NAMES}


answers = []
for case in json.load(sys.stdin):
    with tempfile.TemporaryDirectory() as home:
        if case["file"] is not None:
            with open(os.path.join(home, ".databrickscfg"), "w") as file:
                file.write(case["file"])
        answers.append(settings(case["variables"], home))
print(json.dumps(answers))
