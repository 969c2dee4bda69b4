"""Renders templates with real Jinja2, set up as Airflow does; reads a list of them as JSON, answers [ok, text] for each."""
import json
import sys
import uuid
from datetime import datetime, timezone

import jinja2
from jinja2.sandbox import SandboxedEnvironment


class Bag:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined, cache_size=0)
moment = datetime(2026, 3, 5, 6, 7, 8, tzinfo=timezone.utc)
environment.filters.update(
    ds=lambda value: None if value is None else value.strftime("%Y-%m-%d"),
    ds_nodash=lambda value: None if value is None else value.strftime("%Y%m%d"),
    ts=lambda value: None if value is None else value.isoformat(),
    ts_nodash=lambda value: None if value is None else value.strftime("%Y%m%dT%H%M%S"),
    ts_nodash_with_tz=lambda value: None if value is None else value.isoformat().replace("-", "").replace(":", ""),
)
request = json.load(sys.stdin)
scope = {
    "ds": "2026-03-05",
    "params": request["params"],
    "dag_run": Bag(logical_date=moment, run_after=moment, run_id="manual__1"),
    "macros": Bag(uuid=uuid),
}


def render(template):
    try:
        return [True, environment.from_string(template).render(**scope)]
    except Exception as error:
        return [False, f"{type(error).__name__}: {error}"]


json.dump([render(template) for template in request["templates"]], sys.stdout)
