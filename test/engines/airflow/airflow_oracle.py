"""What the real Airflow makes of a build: one question a line as JSON, one answer a line.

Every DAG goes the way that it goes in an installation: DagBag, serialized, as text, deserialized. Requests are rendered
with the context of a real task instance; only the supervisor, which would ask the API server, is replaced.
"""

import json
import logging
import os
import sys
import uuid
import warnings

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

import jinja2
import pendulum
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.api.datamodels._generated import DagRun, TaskInstance, TIRunContext
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import (
    DeleteTaskStateStore,
    ErrorResponse,
    GetVariable,
    GetXCom,
    GetXComSequenceSlice,
    OKResponse,
    VariableResult,
    XComResult,
    XComSequenceSliceResult,
)
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.trigger import CronTriggerTimetable


def main(question):
    known = {"import_errors": {}, "warnings": {}, "dags": [], "submits": []}
    if "build" in question:
        bag = DagBag(question["build"], bundle_name="dags-folder")
        known["import_errors"] = bag.import_errors
        known["warnings"] = bag.captured_warnings
        known["dags"] = [facts_of(dag, question) for dag in bag.dags.values()]
        # Before anything is rendered: Airflow puts the parameters of a run into those of the DAG that it holds.
        if question.get("store"):
            known["stored"] = store(bag)
        known["submits"] = [
            submit_of(bag.dags[case["dag_id"]], case)
            for case in question.get("submits", [])
        ]
    known["timings"] = [ticks_of(case) for case in question.get("timings", [])]
    return known


def facts_of(dag, question):
    text = json.dumps(DagSerialization.to_dict(dag))
    read = DagSerialization.from_dict(json.loads(text))
    return {
        "dag_id": read.dag_id,
        "tags": sorted(read.tags),
        "doc_md": read.doc_md,
        "description": read.description,
        "owner": read.owner,
        "timezone": read.timezone.name,
        "start_date": moment(read.start_date),
        "end_date": moment(read.end_date),
        "catchup": read.catchup,
        "max_active_runs": read.max_active_runs,
        "dagrun_timeout": seconds(read.dagrun_timeout),
        "params": read.params.dump(),
        "schedule": read.timetable.summary,
        "next_runs": next_runs(
            read.timetable, read.start_date, read.end_date, question
        ),
        "tasks": [task_facts(dag.task_dict[task.task_id], task) for task in read.tasks],
        "size": len(text),
    }


def task_facts(loaded, read):
    return {
        "task_id": read.task_id,
        "type": read.task_type,
        "owner": read.owner,
        "retries": read.retries,
        "retry_delay": seconds(read.retry_delay),
        "max_retry_delay": seconds(read.max_retry_delay),
        "retry_exponential_backoff": float(read.retry_exponential_backoff),
        "execution_timeout": seconds(read.execution_timeout),
        "pool": read.pool,
        "trigger_rule": str(read.trigger_rule),
        "upstream": sorted(read.upstream_task_ids),
        "links": sorted(read.extra_links),
        "json": getattr(loaded, "json", None),
        "databricks_conn_id": getattr(loaded, "databricks_conn_id", None),
        "deferrable": getattr(loaded, "deferrable", None),
    }


def next_runs(timetable, start, end, question):
    at = pendulum.parse(question["at"])
    begins = start is None or start <= at
    last = DataInterval.exact(at) if begins else None
    if last is not None and not isinstance(timetable, cron_types()):
        last = None
    found = []
    for _ in range(question["count"]):
        restriction = TimeRestriction(earliest=start, latest=end, catchup=True)
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=restriction
        )
        if info is None:
            break
        found.append(moment(info.run_after))
        last = info.data_interval
    return found


def cron_types():
    return CronTriggerTimetable


def ticks_of(case):
    timetable = CronTriggerTimetable(case["cron"], timezone=case["timezone"])
    try:
        timetable.validate()
        last, found = DataInterval.exact(pendulum.parse(case["at"])), []
        for _ in range(case["count"]):
            restriction = TimeRestriction(earliest=None, latest=None, catchup=True)
            last = timetable.next_dagrun_info(
                last_automated_data_interval=last, restriction=restriction
            ).data_interval
            found.append(moment(last.end))
        return found
    except Exception as error:
        return str(error)


def submit_of(dag, case):
    """The body that the Databricks operator of a task would send for one attempt, or why it would not."""
    run = case["run"]
    task_runner.SUPERVISOR_COMMS = Supervisor(case)
    context_of_server = TIRunContext(
        dag_run=DagRun(
            dag_id=dag.dag_id,
            start_date=run["run_after"],
            end_date=None,
            state="running",
            consumed_asset_events=[],
            partition_key=None,
            **run,
        ),
        max_tries=3,
    )
    instance = RuntimeTaskInstance.model_construct(
        **TaskInstance(
            id=uuid.uuid4(),
            dag_version_id=uuid.uuid4(),
            dag_id=dag.dag_id,
            task_id=case["task_id"],
            run_id=run["run_id"],
            try_number=case["try_number"],
        ).model_dump(),
        task=dag.task_dict[case["task_id"]].prepare_for_execution(),
        bundle_instance=None,
        _ti_context_from_server=context_of_server,
        max_tries=3,
        start_date=pendulum.parse(run["run_after"]),
    )
    try:
        context = instance.get_template_context()
        instance.render_templates(context)
        instance.task.pre_execute(context)
        return {"body": instance.task._prepare_submit_json(context)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


class Supervisor:
    """Answers what a task asks the API server for."""

    def __init__(self, case):
        self.variables = case["variables"]
        self.pins = case["pins"]

    def send(self, msg):
        if isinstance(msg, GetVariable):
            if msg.key not in self.variables:
                return ErrorResponse()
            value = self.variables[msg.key]
            return VariableResult(
                key=msg.key,
                value=value if isinstance(value, str) else json.dumps(value, indent=2),
            )
        if isinstance(msg, GetXComSequenceSlice):
            return XComSequenceSliceResult(
                root=[self.pinned()] if msg.task_id == "resolve_artifacts" else []
            )
        if isinstance(msg, GetXCom):
            return XComResult(key=msg.key, value=self.pinned())
        if isinstance(msg, DeleteTaskStateStore):
            return OKResponse(ok=True)
        raise AssertionError(f"unexpected question: {msg}")

    def pinned(self):
        return BaseXCom.serialize_value(self.pins)


def store(bag):
    """Writes the DAGs into a database of Airflow's and reads them back, as the scheduler does."""
    from airflow import models
    from airflow.dag_processing.dagbag import sync_bag_to_db
    from airflow.models.base import Base
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.settings import engine
    from airflow.utils.session import create_session

    models.import_all_models()
    Base.metadata.create_all(engine)
    with create_session() as session:
        session.merge(DagBundleModel(name="dags-folder"))
    sync_bag_to_db(bag, "dags-folder", None)
    with create_session() as session:
        models = {
            model.dag_id: model
            for model in session.query(DagModel)
            if model.dag_id in bag.dags
        }
        kept = {
            dag_id: SerializedDagModel.get_dag(dag_id, session=session)
            for dag_id in models
        }
        return [
            {
                "dag_id": dag_id,
                "tags": sorted(tag.name for tag in models[dag_id].tags),
                "owner": models[dag_id].owners,
                "description": models[dag_id].description,
                "doc_md": dag.doc_md,
                "params": dag.params.dump(),
                "next_run": moment(models[dag_id].next_dagrun_create_after),
            }
            for dag_id, dag in kept.items()
        ]


def compiled_once(compile_source):
    """Tasks have most of their templates in common; each has an environment of Jinja, which would compile them anew."""
    known = {}

    def compile_known(environment, source):
        key = type(environment), source
        if key not in known:
            known[key] = compile_source(environment, source)
        return known[key]

    return compile_known


def moment(time):
    return (
        None
        if time is None
        else pendulum.instance(time)
        .in_timezone("UTC")
        .isoformat()
        .replace("+00:00", "Z")
    )


def seconds(span):
    return None if span is None else span.total_seconds()


jinja2.Environment.compile = compiled_once(jinja2.Environment.compile)
logging.disable(logging.CRITICAL)  # a template that fails is an answer, not a log
warnings.simplefilter("always")
for line in sys.stdin:
    print(json.dumps(main(json.loads(line))), file=answers, flush=True)
