"""Resolves artifacts as the first task of a DAG run does: a list of {variables, requests, env} for each answer."""

import contextlib
import io
import json
import os
import sys

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

import own_modules  # noqa: E402, F401
from hermes_airflow import artifacts  # noqa: E402

beginning = dict(os.environ)


def resolve(case):
    os.environ.clear()
    os.environ.update(beginning)
    for name, value in case["variables"].items():
        os.environ[f"AIRFLOW_VAR_{name.upper()}"] = value if isinstance(value, str) else json.dumps(value)
    os.environ.update(case.get("env", {}))
    log = io.StringIO()
    try:
        with contextlib.redirect_stdout(log):
            return {"pins": artifacts.pin_all(case["requests"]), "log": log.getvalue()}
    except Exception as error:
        return {"error": str(error), "is_final": isinstance(error, artifacts.AirflowFailException)}


for line in sys.stdin:
    print(json.dumps([resolve(case) for case in json.loads(line)]), file=answers, flush=True)
