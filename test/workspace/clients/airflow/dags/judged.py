"""One DAG of the operators of Airflow's Databricks provider. JUDGED_SCRIPT is what its runs run."""
import os

from airflow.providers.databricks.operators.databricks import (
    DatabricksCreateJobsOperator,
    DatabricksNotebookOperator,
    DatabricksRunNowOperator,
    DatabricksSQLStatementsOperator,
    DatabricksSubmitRunOperator,
    DatabricksTaskOperator,
)
from airflow.providers.databricks.operators.databricks_workflow import DatabricksWorkflowTaskGroup
from airflow.sdk import DAG

CLUSTER = {"spark_version": "15.4.x-scala2.12", "node_type_id": "m5.large", "num_workers": 1}
FAST = {"polling_period_seconds": 0.2}


problems = {}


def note(context):
    problems[context["ti"].task_id] = str(context["exception"])


def script(*parameters, **more):
    task = {"spark_python_task": {"python_file": os.environ["JUDGED_SCRIPT"], "parameters": list(parameters)}}
    return task | {"new_cluster": CLUSTER} | more


with DAG("judged", schedule=None, default_args={"on_failure_callback": note}) as dag:
    sync = DatabricksSubmitRunOperator(
        task_id="submit", json=script("{{ dag.dag_id }}"), access_control_list=[{"group_name": "weather", "permission_level": "CAN_VIEW"}], **FAST
    )
    deferred = DatabricksSubmitRunOperator(task_id="submit_deferred", json=script("deferred"), deferrable=True, **FAST)
    many = DatabricksSubmitRunOperator(task_id="submit_tasks", tasks=[script("one", task_key="main")], idempotency_token="{{ run_id }}", **FAST)
    failing = DatabricksSubmitRunOperator(task_id="submit_failing", tasks=[script("fail", task_key="main")], **FAST)
    failing_deferred = DatabricksSubmitRunOperator(task_id="submit_failing_deferred", json=script("fail"), deferrable=True, **FAST)
    create = DatabricksCreateJobsOperator(task_id="create", name="nightly", tasks=[script("job", task_key="main")])
    now = DatabricksRunNowOperator(task_id="run_now", job_name="nightly", python_params=["again"], **FAST)
    now_deferred = DatabricksRunNowOperator(task_id="run_now_deferred", job_id="{{ ti.xcom_pull(task_ids='create') }}", deferrable=True, **FAST)
    create >> [now, now_deferred]
    task = DatabricksTaskOperator(task_id="task", task_config=script("task"), new_cluster=CLUSTER, **FAST)
    with DatabricksWorkflowTaskGroup(
        group_id="workflow", databricks_conn_id="databricks_default", job_clusters=[{"job_cluster_key": "shared", "new_cluster": CLUSTER}]
    ) as workflow:
        config = {"spark_python_task": {"python_file": os.environ["JUDGED_SCRIPT"], "parameters": ["pause"]}}
        first = DatabricksTaskOperator(task_id="first", job_cluster_key="shared", task_config=config, **FAST)
        second = DatabricksTaskOperator(task_id="second", job_cluster_key="shared", task_config=config, **FAST)
        book = DatabricksNotebookOperator(
            task_id="book",
            notebook_path=os.environ["JUDGED_BOOK"],
            source="WORKSPACE",
            job_cluster_key="shared",
            notebook_params={"day": "friday"},
            **FAST,
        )
        first >> second >> book
    notebook = DatabricksNotebookOperator(
        task_id="notebook",
        notebook_path=os.environ["JUDGED_BOOK"],
        source="WORKSPACE",
        new_cluster=CLUSTER,
        notebook_params={"day": "monday"},
        deferrable=True,
        **FAST,
    )
    sql = {"warehouse_id": "embedded", "parameters": [{"name": "n", "value": "41", "type": "INT"}]}
    statement = DatabricksSQLStatementsOperator(task_id="sql", statement="SELECT :n + 1", polling_period_seconds=1, **sql)
    failing_statement = DatabricksSQLStatementsOperator(
        task_id="sql_failing", statement="SELECT nothing FROM nowhere", polling_period_seconds=1, deferrable=True, **sql
    )
