"""Loads the DAGs of the manifest beside this file. Written by `hermes airflow compile`: edit the DAG files instead."""

import json as json_text
import os
from datetime import timedelta

from hermes_airflow.tasks import RESOLVE_TASK_ID, resolve_artifacts, submit_run
from pendulum import parse, timezone

try:  # Airflow 3
    from airflow.sdk import DAG, CronTriggerTimetable, get_parsing_context
    from airflow.sdk.module_loading import import_string
except ImportError:  # Airflow 2
    from airflow.models import DAG
    from airflow.timetables.trigger import CronTriggerTimetable
    from airflow.utils.dag_parsing_context import get_parsing_context
    from airflow.utils.module_loading import import_string


def load_dags(manifest, into):
    """Builds the DAGs of a manifest: all of them, or the one that Airflow asks for when it starts a task."""
    asked = get_parsing_context().dag_id
    # One DAG in a line, its id first: the others need not be read.
    wanted = b"{" if asked is None else f'{{"dag_id":"{asked}",'.encode()
    with open(manifest, "rb") as lines:
        for line in lines:
            if line.startswith(wanted):
                dag = build_dag(json_text.loads(line.rstrip(b",\r\n")))
                into[dag.dag_id] = dag
                if asked is not None:
                    break


def build_dag(known):
    zone = timezone(known["timezone"])
    with DAG(
        known["dag_id"],
        schedule=schedule_of(known, zone),
        start_date=moment(known.get("start_date"), zone),
        end_date=moment(known.get("end_date"), zone),
        dagrun_timeout=seconds(known.get("dagrun_timeout_seconds")),
        default_args={"owner": known["owner"]},
        on_success_callback=callbacks(known, "on_success_callback"),
        on_failure_callback=callbacks(known, "on_failure_callback"),
        **known["options"],
    ) as dag:
        tasks = {task["task_id"]: build_task(task) for task in known["tasks"]}
        if known["requests"]:
            tasks[RESOLVE_TASK_ID] = resolve_artifacts(known["requests"])
        for task in known["tasks"]:
            if "upstream" in task:
                tasks[task["task_id"]].set_upstream([tasks[each] for each in task["upstream"]])
    return dag


def build_task(known):
    options = dict(known["options"])
    for name in ("retry_delay", "max_retry_delay", "execution_timeout"):
        if name in options:
            options[name] = seconds(options[name])
    for name in TASK_CALLBACKS:
        if name in known:
            options[name] = callbacks(known, name)
    return submit_run(task_id=known["task_id"], json=known["json"], databricks_conn_id=known["databricks_conn_id"], **options)


TASK_CALLBACKS = ("on_execute_callback", "on_failure_callback", "on_success_callback", "on_retry_callback")


def callbacks(known, name):
    return [Callback(**each) for each in known.get(name, [])] or None


class Callback:
    """A function or notifier that is imported when it is called: one that is missing breaks no DAG."""

    def __init__(self, callback, arguments=None):
        self.callback = callback
        self.arguments = arguments or {}

    def __call__(self, context):
        called = import_string(self.callback)
        if isinstance(called, type):
            called(**self.arguments)(context)
        else:
            called(context, **self.arguments)


def schedule_of(known, zone):
    schedule = known["schedule"]
    return schedule if schedule in (None, "@once") else CronTriggerTimetable(schedule, timezone=zone)


def moment(text, zone):
    return None if text is None else parse(text, tz=zone).in_timezone(zone)


def seconds(count):
    return None if count is None else timedelta(seconds=count)


load_dags(os.path.splitext(os.path.abspath(__file__))[0] + ".json", globals())
