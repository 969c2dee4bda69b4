"""Calls the PEP 517 hooks of one project. Runs in the project's folder, inside its build environment.

Arguments: the back end, its path entries as JSON, the packages of get_requires_for_build_wheel that are installed
as JSON, the folder for the wheel, the file for the answer. The answer is {"wheel": name} or {"missing": [packages]}.
"""

import importlib
import json
import os
import sys

backend_name, backend_path, installed, out, answer = sys.argv[1:]
sys.path[:0] = [os.path.abspath(entry) for entry in json.loads(backend_path)]
module, _, attributes = backend_name.partition(":")
backend = importlib.import_module(module)
for attribute in filter(None, attributes.split(".")):
    backend = getattr(backend, attribute)

requires = getattr(backend, "get_requires_for_build_wheel", lambda config_settings=None: [])()
missing = [package for package in requires if package not in json.loads(installed)]
result = {"missing": missing} if missing else {"wheel": backend.build_wheel(out)}
with open(answer, "w", encoding="utf-8") as file:
    json.dump(result, file)
