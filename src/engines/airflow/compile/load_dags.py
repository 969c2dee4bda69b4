"""Loads the DAGs of the manifest beside this file. Written by `hermes airflow compile`: edit the DAG files instead."""

import gc
import json as json_text
import os
from contextlib import contextmanager
from datetime import timedelta

from dag_parts import DAG, Callback, cron, moment
from hermes_airflow.artifacts import RESOLVE_TASK_ID, resolve_artifacts
from hermes_airflow.tasks import submit_run

try:  # Airflow 3
    from airflow.sdk import get_parsing_context
    from airflow.sdk.definitions.param import ParamsDict
except ImportError:  # Airflow 2
    from airflow.models.param import ParamsDict
    from airflow.utils.dag_parsing_context import get_parsing_context


def load_dags(manifest, into):
    """Builds the DAGs of a manifest: all of them, or the one that Airflow asks for when it starts a task."""
    asked = get_parsing_context().dag_id
    # One DAG in a line, its id first: the others need not be read.
    wanted = b"{" if asked is None else f'{{"dag_id":"{asked}",'.encode()
    with open(manifest, "rb", buffering=1 << 18) as lines, no_garbage():
        for line in lines:
            if line.startswith(wanted):
                dag = build_dag(json_text.loads(line.rstrip(b",\r\n")))
                into[dag.dag_id] = dag
                if asked is not None:
                    break


@contextmanager
def no_garbage():
    """All that is built stays: Python looks for garbage in it for a tenth of the time, and finds none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def build_dag(known):
    options = dag_options(known)
    params = options.pop("params", None)
    with DAG(known["dag_id"], default_args={"owner": known["owner"]}, **options) as dag:
        tasks = {task["task_id"]: build_task(task) for task in known["tasks"]}
        if known["requests"]:
            tasks[RESOLVE_TASK_ID] = resolve_artifacts(known["requests"])
        for task in known["tasks"]:
            if "upstream" in task:
                tasks[task["task_id"]].set_upstream([tasks[each] for each in task["upstream"]])
    if params:
        # Last, since Airflow copies those of the DAG into every task that it is told of.
        dag.params = ParamsDict(params)
    return dag


def build_task(known):
    named = {name: known[name] for name in ("task_id", "json", "databricks_conn_id")}
    return submit_run(**named, **options_of(known))


def dag_options(known):
    schedule, zone = known["schedule"], known["timezone"]
    options = options_of(known)
    options["schedule"] = schedule if schedule in (None, "@once") else cron(schedule, zone)
    for name in ("start_date", "end_date"):
        if name in known:
            options[name] = moment(known[name], zone)
    if "dagrun_timeout_seconds" in known:
        options["dagrun_timeout"] = timedelta(seconds=known["dagrun_timeout_seconds"])
    return options


def options_of(known):
    """Options as Airflow takes them: times that are counts of seconds in the manifest, and callbacks."""
    options = dict(known["options"])
    for name in ("retry_delay", "max_retry_delay", "execution_timeout"):
        if name in options:
            options[name] = timedelta(seconds=options[name])
    for name in known:
        if name.endswith("_callback"):
            options[name] = [Callback(**each) for each in known[name]]
    return options


load_dags(os.path.splitext(os.path.abspath(__file__))[0] + ".json", globals())
