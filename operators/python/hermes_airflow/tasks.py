"""The tasks of a Hermes DAG that run on Databricks.

Needs Airflow 2.10 or newer with the Databricks provider.
"""

from __future__ import annotations

import os
import re
import time
from importlib.util import find_spec

from airflow.providers.databricks.operators.databricks import DatabricksJobRunLink, DatabricksSubmitRunOperator

from hermes_airflow.artifacts import RESOLVE_TASK_ID, AirflowFailException

LINK_IS_READ_FROM_XCOM = find_spec("airflow.sdk") is not None
"""Since Airflow 3."""

RUN_STORED = "hermes_run"
"""Key of Airflow's task state store that survives a lost worker."""


class RunPageLink(DatabricksJobRunLink):
    """The provider's own link, read from where the run page stands from the moment of the submit."""

    @property
    def xcom_key(self):
        return "run_page_url"


POLLING_PERIOD_SECONDS = 10
"""With the operator's own 30 an analyst waits long for what has ended; a workspace answers 100 such questions a second.

https://docs.databricks.com/aws/en/resources/limits
"""


def submit_run(*, task_id, json, databricks_conn_id, deferrable=True, **options):
    """A `DatabricksSubmitRunOperator` that starts each attempt once, and links to a page its viewers can open."""
    task = DatabricksSubmitRunOperator(
        task_id=task_id,
        json=json,
        databricks_conn_id=databricks_conn_id,
        deferrable=deferrable,
        polling_period_seconds=POLLING_PERIOD_SECONDS,
        **options,
    )
    # As a method of the task: of the argument of this name Airflow stores the source text, once for each task.
    task.pre_execute = prepare_run
    task.render_template_fields = render_request
    # Templates read the parameters of the DAG; of a copy in each task the check alone takes longer than all the rest.
    task.params = {}
    if LINK_IS_READ_FROM_XCOM:
        task.operator_extra_links = (RunPageLink(),)
    return task


def render_request(context, jinja_env=None):
    operator = context["task"]
    try:
        type(operator).render_template_fields(operator, context, jinja_env)
    except Exception:
        require_artifacts(operator, context)
        raise


def require_artifacts(operator, context):
    """Tells why the templates of a task failed, when it is for lack of artifacts.

    A task that starts whatever became of those before it, starts even when the first one of the run has failed.
    """
    needs_them = RESOLVE_TASK_ID in str(operator.json)
    if needs_them and context["ti"].xcom_pull(task_ids=RESOLVE_TASK_ID) is None:
        raise AirflowFailException(
            f"Cannot start {operator.task_id}: {RESOLVE_TASK_ID} of this run has not found which version to run. "
            f"Its log says why; when that is mended, clear {RESOLVE_TASK_ID} with what follows it."
        ) from None


def prepare_run(context):
    """Fits the operator to the run, after its templates are rendered and before it submits."""
    operator = context["task"]
    operator.json = within_time(operator, without_empty_libraries(operator.json))
    # A workspace that is near answers sooner; `hermes airflow up` says so.
    operator.polling_period_seconds = int(
        os.environ.get("HERMES_POLLING_PERIOD_SECONDS", operator.polling_period_seconds)
    )
    operator.params = {}  # the operator would put them into every empty parameter list of a notebook or a query
    hook = operator._hook
    page_url = hook.get_run_page_url
    hook.get_run_page_url = lambda run_id: readable_url(page_url(run_id))
    store = context.get("task_state_store")
    if store is not None:
        # The operator would go on with the run that it stored itself, also with one that is being cancelled.
        store.delete(getattr(operator, "external_id_key", "databricks_run_id"))
        submit = hook.submit_run
        # Clearing a task gives it more attempts; a retry by itself has as many as the attempt before it.
        attempts = context["ti"].max_tries
        hook.submit_run = lambda body: submit_once(operator, hook, submit, body, store, attempts)


def submit_once(operator, hook, submit, body, store, attempts):
    """Submits, unless the attempt before this one lost its worker: then its run is taken over.

    The token is stored before the submit and the run after it, so that no instant of dying leaves a second run.
    """
    known = store.get(RUN_STORED) or {}
    if "run_id" in known:
        run_id = known["run_id"]
        if may_go_on(run_state(hook, run_id), known, attempts):
            operator.log.info("Taking over run %s of an attempt that lost its worker.", run_id)
            return keep(operator, store, {"run_id": run_id, "attempts": attempts})
        end_run(operator, hook, run_id)
    elif "token" in known:
        body = {**body, "idempotency_token": known["token"]}
    store.set(RUN_STORED, {"token": body["idempotency_token"]})
    return keep(operator, store, {"run_id": submit(body), "attempts": attempts})


def may_go_on(state, known, attempts):
    """Whether a run is what this attempt would start.

    It is not when it failed, when somebody cleared the task, or when it waited longer in the triggerer than it may.
    """
    if state is None or known["attempts"] != attempts:
        return False
    is_active = state.life_cycle_state in ("QUEUED", "PENDING", "BLOCKED", "RUNNING", "WAITING_FOR_RETRY")
    return state.is_successful or (is_active and not known.get("handed_over"))


def keep(operator, store, known):
    store.set(RUN_STORED, known)
    defer = operator.defer

    def hand_over(**arguments):
        store.set(RUN_STORED, {**known, "handed_over": True})
        defer(**arguments)

    operator.defer = hand_over
    return known["run_id"]


def end_run(operator, hook, run_id):
    """Ends the run of an earlier attempt, so that no two runs of a task work at the same time."""
    deadline = time.monotonic() + 300
    while (state := run_state(hook, run_id)) is not None and not state.is_terminal:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Cannot start again: run {run_id} of the attempt before has not ended after 300 s.")
        if state.life_cycle_state != "TERMINATING":
            hook.cancel_run(run_id)
        operator.log.info("Waiting for run %s of the attempt before to end.", run_id)
        time.sleep(min(5, operator.polling_period_seconds))


def run_state(hook, run_id):
    """None for a run that Databricks no longer knows: it keeps them for 60 days."""
    try:
        return hook.get_run_state(run_id)
    except Exception as error:
        if getattr(error, "http_status_code", None) == 404 or "does not exist" in str(error):
            return None
        raise


def within_time(operator, body):
    """A run that the triggerer waits for is ended by Databricks: Airflow counts `execution_timeout` on workers only."""
    limit = operator.execution_timeout
    if not operator.deferrable or limit is None:
        return body
    own = body.get("timeout_seconds") or limit.total_seconds()
    return {**body, "timeout_seconds": int(min(float(own), limit.total_seconds()))}


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
