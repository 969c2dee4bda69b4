"""The two kinds of tasks that a Hermes DAG has: one that resolves artifacts, and those that run on Databricks.

Needs Airflow 2.10 or newer with the Databricks provider; the Amazon provider when artifacts are in a bucket.
"""

from __future__ import annotations

import hashlib
import json as json_text
import os
import re
import time
from datetime import timedelta

from airflow.providers.databricks.operators.databricks import DatabricksJobRunLink, DatabricksSubmitRunOperator

try:  # Airflow 3
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import ObjectStoragePath, Variable
    from airflow.sdk.exceptions import AirflowFailException

    LINK_IS_READ_FROM_XCOM = True
except ImportError:  # Airflow 2
    from airflow.exceptions import AirflowFailException
    from airflow.io.path import ObjectStoragePath
    from airflow.models import Variable
    from airflow.operators.python import PythonOperator

    LINK_IS_READ_FROM_XCOM = False

RESOLVE_TASK_ID = "resolve_artifacts"
"""The first task of every DAG run: it fixes which artifacts the others use."""

RUN_STORED = "hermes_run"
"""Key of Airflow's task state store that survives a lost worker."""


# Runs on Databricks


class RunPageLink(DatabricksJobRunLink):
    """The provider's own link, read from where the run page stands from the moment of the submit."""

    @property
    def xcom_key(self):
        return "run_page_url"


def submit_run(*, task_id, json, databricks_conn_id, deferrable=True, **options):
    """A `DatabricksSubmitRunOperator` that starts each attempt once, and links to a page its viewers can open."""
    task = DatabricksSubmitRunOperator(
        task_id=task_id,
        json=json,
        databricks_conn_id=databricks_conn_id,
        deferrable=deferrable,
        **options,
    )
    # As methods of the task: of the arguments of these names Airflow stores the source text, once for each task.
    task.pre_execute = prepare_run
    task.post_execute = forget_run
    if LINK_IS_READ_FROM_XCOM:
        task.operator_extra_links = (RunPageLink(),)
    return task


def prepare_run(context):
    """Fits the operator to the run, after its templates are rendered and before it submits."""
    operator = context["task"]
    operator.json = without_empty_libraries(operator.json)
    # A workspace that is near answers sooner than the operator's 30 seconds; `hermes airflow up` says so.
    operator.polling_period_seconds = int(os.environ.get("HERMES_POLLING_PERIOD_SECONDS", operator.polling_period_seconds))
    operator.params = {}  # the operator would put them into every empty parameter list of a notebook or a query
    hook = operator._hook
    page_url = hook.get_run_page_url
    hook.get_run_page_url = lambda run_id: readable_url(page_url(run_id))
    store = context.get("task_state_store")
    if store is not None:
        submit = hook.submit_run
        hook.submit_run = lambda body: submit_once(operator, hook, submit, body, store)


def submit_once(operator, hook, submit, body, store):
    """Submits, unless the attempt before this one lost its worker: then its run is taken over.

    The token is stored before the submit and the run after it, so that no instant of dying leaves a second run.
    """
    known = store.get(RUN_STORED) or {}
    if known.get("handed_over"):
        end_run(operator, hook, known["run_id"])
    elif "run_id" in known:
        state = hook.get_run_state(known["run_id"])
        if state.is_successful or state.life_cycle_state in ("QUEUED", "PENDING", "BLOCKED", "RUNNING"):
            operator.log.info("Taking over run %s of an attempt that lost its worker.", known["run_id"])
            return keep(operator, store, known)
    elif "token" in known:
        body = {**body, "idempotency_token": known["token"]}
    known = {"token": body["idempotency_token"]}
    store.set(RUN_STORED, known)
    return keep(operator, store, {**known, "run_id": submit(body)})


def keep(operator, store, known):
    store.set(RUN_STORED, known)
    defer = operator.defer

    def hand_over(**arguments):
        store.set(RUN_STORED, {**known, "handed_over": True})
        defer(**arguments)

    operator.defer = hand_over
    return known["run_id"]


def end_run(operator, hook, run_id):
    """Ends the run of an earlier attempt that somebody cleared while the triggerer was watching it."""
    deadline = time.monotonic() + 300
    while not hook.get_run_state(run_id).is_terminal:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Cannot start again: run {run_id} of the attempt before has not ended after 300 s.")
        hook.cancel_run(run_id)
        operator.log.info("Waiting for run %s of the attempt before to end.", run_id)
        time.sleep(min(5, operator.polling_period_seconds))


def forget_run(context, result=None):
    """After a success nothing is left to take over: clearing the task starts a new run."""
    store = context.get("task_state_store")
    if store is not None:
        for key in (RUN_STORED, getattr(context["task"], "external_id_key", RUN_STORED)):
            store.delete(key)


def without_empty_libraries(body):
    """A version without a wheel renders its library to an empty text, which stands for no library."""
    tasks = [
        {**task, "libraries": [each for each in task["libraries"] if "" not in each.values()]}
        if "libraries" in task
        else task
        for task in body["tasks"]
    ]
    return {**body, "tasks": tasks}


def readable_url(url):
    """The form of a run page that people without admin rights can open.

    Jobs answers the legacy form, which leads them to the home page (https://github.com/databricks/cli/pull/5629).
    """
    legacy = re.fullmatch(r"(https?://[^/]+)/(?:(\?[ow]=\d+))?#job/(\d+)/run/(\d+)", url or "")
    if legacy is None:
        return url
    host, workspace, job, run = legacy.groups()
    return f"{host}/jobs/{job}/runs/{run}{workspace or ''}"


# Artifacts


def resolve_artifacts(requests, operator=PythonOperator, /, **options):
    """The task that looks up the artifacts of a DAG run once; the others read them from its return value.

    `requests` holds, for each task id, `team`, `project`, `script`, `via` (latest, branch or version), `key` (of the
    pointer, or of the manifest of a version), `version` where one is named, and `library` (none, or another version).
    """
    return operator(
        task_id=RESOLVE_TASK_ID,
        python_callable=lambda: pin_all(requests),
        retries=3,
        retry_delay=timedelta(seconds=30),
        doc_md="Fixes which version of each script the tasks of this run use. Clear it to resolve `latest` again.",
        **options,
    )


def pin_all(requests):
    """The pins of all tasks, or one error with what is wrong with any of them."""
    variables, stores, pins, problems = {}, {}, {}, {}
    for task_id, request in requests.items():
        team = request["team"]
        try:
            if team not in variables:
                variables[team] = team_variable(team)
                stores[team] = Store(variables[team])
            pins[task_id] = pin(request, variables[team], stores[team])
        except ArtifactProblem as problem:
            problems.setdefault(str(problem), []).append(task_id)
    if problems:
        lines = [f"{', '.join(tasks)}: {problem}" for problem, tasks in problems.items()]
        raise AirflowFailException("Cannot resolve the artifacts of this run.\n" + "\n".join(lines))
    for task_id, found in pins.items():
        print(f"{task_id}: {found['project']} {found['version']} ({found['via']}, {found['commit'][:8]})")
    return pins


class ArtifactProblem(Exception):
    """A mistake that a retry does not mend."""


def team_variable(team):
    name = "hermes_" + team.replace("-", "_")
    value = Variable.get(name, None, deserialize_json=True)
    if value is None:
        raise ArtifactProblem(f"Airflow has no variable {name}. Ask the platform team to enrol team {team}.")
    return value


def pin(request, variable, store):
    """What one task will run: immutable files of one version, by their URLs and hashes."""
    if variable["production"] and request["is_feature"]:
        raise ArtifactProblem(
            f"{request['project']} {request['wish']} is a build of a branch, and those exist in development only."
            " Merge the branch, then use latest."
        )
    found = find(request, store)
    script = the_script(request, found)
    wheel = the_wheel(request, found, store)
    runtime = next((file for file in found["files"] if file["kind"] == "runtime"), None)
    return {
        "team": request["team"],
        "project": request["project"],
        "script": script["script"],
        "version": found["version"],
        "commit": found["commit"],
        "via": request["via"],
        "script_url": store.url_of(script),
        "script_sha256": script["sha256"],
        "wheel_url": store.url_of(wheel),
        "wheel_sha256": wheel["sha256"] if wheel else "",
        "wheel_version": wheel["version"] if wheel else "",
        "runtime_url": store.url_of(runtime),
        "runtime_sha256": runtime["sha256"] if runtime else "",
    }


def find(request, store):
    """The manifest of a version: that of the pointer, or the one that is named."""
    name = f"{request['project']} {request['wish']}"
    if request["via"] == "version":
        found = store.read(request["key"]) or other_spelling(request, store)
        if found is None:
            raise ArtifactProblem(f"{name} is not in {store.url}.")
        return json_text.loads(found)
    pointer = store.read(request["key"])
    if pointer is None:
        raise ArtifactProblem(f"Nothing is published as {name} in {store.url}.")
    stands = json_text.loads(pointer)["manifest"]
    found = store.read(stands["key"])
    if found is None or hashlib.sha256(found).hexdigest() != stands["sha256"]:
        what = "gone" if found is None else "not the one that was published"
        raise ArtifactProblem(f"The manifest of {name} is {what}: {store.url}/{stands['key']}. Tell the owner of the store.")
    return json_text.loads(found)


def other_spelling(request, store):
    """1.2 and 1.2.0 are one version; its folder carries the spelling of the project."""
    from packaging.version import InvalidVersion, Version

    wanted = Version(request["version"])
    for folder in store.folders(f"{request['team']}/{request['project']}"):
        try:
            if Version(folder) == wanted:
                return store.read(f"{request['team']}/{request['project']}/{folder}/manifest.json")
        except InvalidVersion:
            continue
    return None


def the_script(request, found):
    scripts = [file for file in found["files"] if file["kind"] == "script"]
    wanted = request["script"].replace("-", "_")
    for file in scripts:
        if file["script"].replace("-", "_") == wanted:
            return file
    names = ", ".join(file["script"] for file in scripts)
    raise ArtifactProblem(f"{request['project']} {found['version']} has no script {request['script']}, but {names}.")


def the_wheel(request, found, store):
    """The wheel of the same version, of another one, or none."""
    library = request.get("library")
    if library == "none":
        return None
    source = found if library is None else find(library, store)
    wheel = next((file for file in source["files"] if file["kind"] == "wheel"), None)
    if wheel is None and library is not None:
        raise ArtifactProblem(f"{request['project']} {source['version']} was published without a wheel.")
    return wheel and {**wheel, "version": source["version"]}


class Store:
    """The artifact store of a team: a bucket, or anything that Airflow's object storage can read."""

    def __init__(self, variable):
        self.url = variable["artifacts"].rstrip("/")
        self.aws_conn_id = variable.get("aws_conn_id", "aws_default")

    def url_of(self, file):
        return f"{self.url}/{file['key']}" if file else ""

    def read(self, key):
        """The bytes under a key, None where there are none."""
        if self.url.startswith("s3://"):
            return self._read_s3(key)
        path = ObjectStoragePath(f"{self.url}/{key}")
        return path.read_bytes() if path.exists() else None

    def folders(self, prefix):
        if self.url.startswith("s3://"):
            bucket, root = self._bucket()
            found = self._s3().list_prefixes(bucket, prefix=f"{root}{prefix}/", delimiter="/")
            return [folder.rstrip("/").rsplit("/", 1)[-1] for folder in found]
        path = ObjectStoragePath(f"{self.url}/{prefix}")
        return [each.name for each in path.iterdir()] if path.exists() else []

    def _read_s3(self, key):
        # The filesystem of the Amazon provider needs s3fs, which Airflow does not bring along; its hook needs nothing.
        client = self._s3().get_conn()
        bucket, root = self._bucket()
        try:
            return client.get_object(Bucket=bucket, Key=f"{root}{key}")["Body"].read()
        except client.exceptions.NoSuchKey:
            return None

    def _bucket(self):
        bucket, _, root = self.url.removeprefix("s3://").partition("/")
        return bucket, f"{root}/" if root else ""

    def _s3(self):
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook

        return S3Hook(aws_conn_id=self.aws_conn_id)
