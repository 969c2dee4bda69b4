"""Tries the workspace with Airflow's Databricks provider: the DAG of `dags/` by `dag.test()`, and its hooks. Arguments: URL TOKEN SCRIPT."""
import base64
import json
import os
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(HERE, "dags")]

from judge import Judge, arguments

given = arguments("url", "token", "script")
address = urllib.parse.urlsplit(given["url"])
os.environ["AIRFLOW_CONN_DATABRICKS_DEFAULT"] = json.dumps(
    {
        "conn_type": "databricks",
        "schema": "http",
        "host": address.hostname,
        "port": address.port,
        "password": given["token"],
    }
)
os.environ["JUDGED_SCRIPT"] = given["script"]
os.environ["JUDGED_BOOK"] = "/Shared/book"
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = os.path.join(HERE, "dags")

from airflow.providers.databricks.hooks.databricks import DatabricksHook
from judged import dag, problems, script

# The launch of a workflow sleeps for five seconds between two looks.
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.1))

BOOK = b"""# Databricks notebook source
print(dbutils.widgets.get("day"))
dbutils.notebook.exit(dbutils.widgets.get("day"))
"""

judge = Judge("apache-airflow-providers-databricks")
hook = DatabricksHook()
content = {"content": base64.b64encode(BOOK).decode(), "format": "SOURCE", "language": "PYTHON"}
hook._do_api_call(("POST", "2.0/workspace/import"), {"path": os.environ["JUDGED_BOOK"], **content})
run = dag.test()
tasks = {ti.task_id: ti for ti in run.get_task_instances()}


def succeeded(*names):
    for name in names:
        assert tasks[name].state == "success", problems.get(name, tasks[name].state)


def pulled(name, key="return_value"):
    return tasks[name].xcom_pull(task_ids=name, key=key)


def output_of(run_id, index):
    return hook.get_run_output(hook.get_run(run_id)["tasks"][index]["run_id"])


def log_of(name):
    return output_of(pulled(name, "run_id"), 0)["logs"]


def result_of(run_id, index=0):
    return output_of(run_id, index)["notebook_output"]["result"]


with judge.passed("DatabricksHook", "test_connection", "list_jobs", "find_job_id_by_name", "get_run_state_str"):
    assert hook.test_connection() == (True, "Connection successfully tested")
    assert sorted(job["settings"]["name"] for job in hook.list_jobs()) == ["judged.workflow", "nightly"]
    assert hook.find_job_id_by_name("nightly") == int(pulled("create"))
    assert "SUCCESS" in hook.get_run_state_str(pulled("submit", "run_id"))
with judge.passed("DatabricksSubmitRunOperator", "json", "tasks", "deferrable", "access_control_list", "run_page_url"):
    succeeded("submit", "submit_deferred", "submit_tasks")
    assert log_of("submit") == "judged\n", log_of("submit")
    run_id = pulled("submit", "run_id")
    assert pulled("submit", "run_page_url").endswith(f"/runs/{run_id}"), pulled("submit", "run_page_url")
with judge.passed("DatabricksSubmitRunOperator", "failure with the script’s error", "failure, deferrable"):
    for name in ("submit_failing", "submit_failing_deferred"):
        assert "'result_state': 'FAILED'" in problems[name] and "SystemExit: 3" in problems[name], problems[name]
with judge.passed("DatabricksCreateJobsOperator", "create"):
    succeeded("create")
with judge.passed("DatabricksRunNowOperator", "job_name", "job_id", "python_params", "deferrable"):
    succeeded("run_now", "run_now_deferred")
    assert (log_of("run_now"), log_of("run_now_deferred")) == ("again\n", "job\n")
with judge.passed("DatabricksTaskOperator", "standalone"):
    succeeded("task")
with judge.passed("DatabricksNotebookOperator", "standalone, deferrable", "notebook_params"):
    succeeded("notebook")
    assert result_of(pulled("notebook", "run_id")) == "monday"
with judge.passed("DatabricksSQLStatementsOperator", "statement", "parameters", "failure, deferrable"):
    succeeded("sql")
    assert "nowhere" in problems["sql_failing"], problems
with judge.passed("DatabricksWorkflowTaskGroup", "launch", "DatabricksTaskOperator", "DatabricksNotebookOperator", "job_clusters"):
    succeeded("workflow.launch", "workflow.first", "workflow.second", "workflow.book")
    assert result_of(pulled("workflow.launch")["run_id"], -1) == "friday"
with judge.passed("DatabricksHook", "repair_run", "get_latest_repair_id", "get_run_tasks"):
    launched = pulled("workflow.launch")["run_id"]
    keys = [task["task_key"] for task in hook.get_run_tasks(launched)]
    repair = hook.repair_run({"run_id": launched, "rerun_tasks": keys[-1:]})
    assert hook.get_latest_repair_id(launched) == repair["repair_id"] if isinstance(repair, dict) else repair
with judge.passed("DatabricksHook", "cancel_run", "cancel_all_runs", "delete_run"):
    slow = hook.submit_run(script("sleep"))
    hook.cancel_run(slow)
    while not hook.get_run_state(slow).is_terminal:
        time.sleep(0.1)
    assert hook.get_run_state(slow).result_state == "CANCELED"
    hook.cancel_all_runs(pulled("workflow.launch")["job_id"])
    hook.delete_run(pulled("submit", "run_id"))
judge.report()
