"""The tasks of DAGs that stand in Python files: what their author chose becomes the request for Databricks."""

import re

from hermes_airflow.artifacts import resolve_artifacts
from hermes_airflow.lookup import artifact_lookup
from hermes_airflow.tasks import submit_run

__all__ = ["artifact_lookup", "resolve_artifacts_of", "run_job", "run_script", "submit_run"]


def run_script(
    dag,
    task_id,
    *,
    team,
    project_name,
    script_name=None,
    script_version="latest",
    library_version=None,
    parameters=(),
    env=None,
    **more,
):
    """A `DatabricksSubmitRunOperator` that runs a published script on a job cluster of its own.

    The names are those of HermesOperator; `more` is what `run_job` takes, and every option of the operator.
    """
    wheels = [] if library_version == "none" else [{"whl": found("wheel_url")}]
    script = {
        "spark_python_task": {"python_file": found("script_url"), "parameters": list(parameters)},
        "libraries": [*wheels, {"whl": found("runtime_url")}],
        "new_cluster": {"spark_env_vars": env or {}},
    }
    artifact = artifact_lookup(team, project_name, script_name or project_name, script_version, library_version)
    return run_job(dag, task_id, team=team, project_name=project_name, tasks=[script], artifact=artifact, **more)


def run_job(
    dag,
    task_id,
    *,
    team,
    tasks,
    request=None,
    project_name=None,
    artifact=None,
    view_access_control_list=(),
    timeout_seconds=None,
    tags=None,
    inputs=(),
    outputs=(),
    written_before=(),
    use_data_sharing=True,
    retries=0,
    **options,
):
    """A `DatabricksSubmitRunOperator` that runs `tasks` of Databricks on clusters as the policy of the team has them.

    :param request: more of the body of `runs/submit`.
    :param artifact: what the task takes from the artifact store, as `artifact_lookup` says it.
    :param view_access_control_list: other groups that may see the run and its logs.
    :param tags: of the clusters and of Datadog, beside those of every task or in their place.
    :param inputs: tables that the task reads; in development those of production, but for `written_before`.
    :param outputs: tables that the task writes.
    :param options: of the operator.
    """
    name = f"{dag.dag_id}.{task_id}"
    own = {"project": project_name} if project_name else {}
    own = {"team": team, **own, "dag": dag.dag_id, "task": task_id, "compaas-service": "hermes", **(tags or {})}
    variables = {
        **script_variables(team, inputs, outputs, written_before, use_data_sharing),
        **datadog_variables(team, name, own, artifact),
    }
    cluster_tags = {
        **own,
        "dag_run": "{{ dag_run.run_id | replace('~', '-') }}",
        **({"version": found("version"), "commit": found("commit")} if artifact else {}),
        "environment": of_team(team, "environment"),
    }
    viewers = [group for group in dict.fromkeys(view_access_control_list) if group != team]
    more = request or {}
    body = {
        "run_name": name,
        **({} if timeout_seconds is None else {"timeout_seconds": timeout_seconds}),
        "queue": {"enabled": True},
        **more,
        "tasks": [complete_task(task, key, team, variables, cluster_tags) for key, task in keyed(task_id, tasks)],
        "access_control_list": [
            {"group_name": team, "permission_level": "CAN_MANAGE_RUN"},
            *({"group_name": group, "permission_level": "CAN_VIEW"} for group in viewers),
            *more.get("access_control_list", ()),
        ],
        "idempotency_token": attempt_token(team),
    }
    connection = of_team(team, "databricks_conn_id")
    task = submit_run(task_id=task_id, databricks_conn_id=connection, json=body, retries=retries, **options)
    task.hermes_artifact = artifact
    return task


def resolve_artifacts_of(dag, others=None):
    """The first task of the DAG: it looks up, once for a run, what the tasks before this line take from the store.

    `others` says it for tasks of `submit_run`.
    """
    known = {task.task_id: getattr(task, "hermes_artifact", None) for task in dag.tasks}
    return resolve_artifacts({**{task_id: each for task_id, each in known.items() if each}, **(others or {})})


def found(field):
    """What `resolve_artifacts` found for a task: an address, the version, the commit."""
    return f"{{{{ ti.xcom_pull(task_ids='resolve_artifacts')[ti.task_id]['{field}'] }}}}"


def of_team(team, field):
    """What the platform says of a team: a field of its Airflow variable."""
    return f"{{{{ {path_of_team(team, field)} }}}}"


def path_of_team(team, field):
    return f"var.json.hermes_{team.replace('-', '_')}.{field}"


def script_variables(team, inputs, outputs, written_before, use_data_sharing):
    """Tells a script where it runs, what it may read and where it may write."""
    prefix = of_team(team, "read_prefix") if use_data_sharing else ""
    bare = {*outputs, *written_before}
    read = [table if table in bare else prefix + table for table in inputs]
    return {
        "HERMES_ENVIRONMENT": of_team(team, "environment"),
        "HERMES_PRODUCTION": of_team(team, "production | lower"),
        "HERMES_READ_PREFIX": prefix,
        "HERMES_PRODUCTS_ZONE": of_team(team, "products_zone"),
        "HERMES_UPLOADS": of_team(team, "uploads | default('')"),
        **({"HERMES_INPUTS": ",".join(read)} if inputs else {}),
        **({"HERMES_OUTPUTS": ",".join(outputs)} if outputs else {}),
    }


def datadog_variables(team, name, tags, artifact):
    lines = ",".join(f"{key}:{value}" for key, value in tags.items())
    everywhere = f"([''] + {path_of_team(team, 'datadog.tags')}) | join(',')"
    return {
        "DD_SERVICE": tags.get("project", tags["dag"]),
        "DD_ENV": of_team(team, "environment"),
        **({"DD_VERSION": found("version")} if artifact else {}),
        "DD_TAGS": f"{lines}{{{{ {everywhere} }}}}",
        "DD_JOB_NAME": name,
        "HERMES_UPSTREAM_TASKS": "{{ task.upstream_task_ids | reject('equalto', 'resolve_artifacts') | sort | join(',') }}",
    }


def keyed(task_id, tasks):
    """The tasks of a request with their keys."""
    key = re.sub("[^A-Za-z0-9_-]", "_", task_id)
    return [(key if len(tasks) == 1 else f"{key}_{number}", task) for number, task in enumerate(tasks, 1)]


def complete_task(task, key, team, variables, tags):
    """The task with what Hermes adds: the policy brings machine type, runtime and instance profile."""
    if "new_cluster" not in task:
        return {"task_key": key, **task}
    cluster = task["new_cluster"]
    is_sized = "num_workers" in cluster or "autoscale" in cluster
    # Lets those who may view a run see its driver log (https://docs.databricks.com/aws/en/jobs/privileges).
    viewable = {"spark.databricks.acl.needAdminPermissionToViewLogs": "false"}
    complete = {
        "policy_id": of_team(team, "cluster_policy_id"),
        "apply_policy_default_values": True,
        **({} if is_sized else {"autoscale": {"min_workers": 1, "max_workers": 2}}),
        **cluster,
        "spark_conf": {**viewable, **cluster.get("spark_conf", {})},
        "spark_env_vars": {**cluster.get("spark_env_vars", {}), **variables},
        "custom_tags": {**cluster.get("custom_tags", {}), **tags},
    }
    return {"task_key": key, **task, "new_cluster": complete}


def attempt_token(team):
    """Names the attempt: a repeated submit answers the run that stands, and a retry starts another."""
    run = "dag.dag_id ~ '/' ~ dag_run.run_id ~ '/' ~ ti.task_id ~ '/' ~ ti.map_index ~ '/' ~ ti.try_number"
    whose = f"'{team}' ~ '/' ~ {path_of_team(team, 'environment')}"
    return f"{{{{ macros.uuid.uuid5(macros.uuid.NAMESPACE_URL, {whose} ~ '/' ~ {run}) }}}}"
