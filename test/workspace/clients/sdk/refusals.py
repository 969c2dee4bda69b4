"""What this workspace has not: each such call is refused with an error that says so."""
from databricks.sdk.service import jobs as api
from runs import cluster, script_task


def refusals(judge, client, script):
    absent = {
        "pipelines": ("list_pipelines", lambda: list(client.pipelines.list_pipelines())),
        "repos": ("list", lambda: list(client.repos.list())),
        "libraries": ("all_cluster_statuses", lambda: list(client.libraries.all_cluster_statuses())),
        "catalogs": ("list", lambda: list(client.catalogs.list())),
        "tables": ("list", lambda: list(client.tables.list("main", "default"))),
        "serving_endpoints": ("list", lambda: list(client.serving_endpoints.list())),
        "dashboards": ("list", lambda: list(client.lakeview.list())),
    }
    for area, (name, call) in absent.items():
        with judge.refused(area, name, "ENDPOINT_NOT_FOUND", "No API found"):
            call()
    with judge.refused("clusters", "create", "INVALID_PARAMETER_VALUE", "no all-purpose clusters"):
        client.clusters.create(spark_version="15.4.x-scala2.12", node_type_id="m5.large", num_workers=1)
    with judge.refused("instance_pools", "create", "ENDPOINT_NOT_FOUND", "No API found"):
        client.instance_pools.create("pool", "m5.large")

    def create(**settings):
        task = {"tasks": [api.Task(**script_task(script, ["hello"]))]}
        return client.jobs.create(name="refused", **(task | settings))

    with judge.refused("jobs", "git_source", "INVALID_PARAMETER_VALUE", "git_source"):
        create(git_source=api.GitSource(git_url="https://example.com/x.git", git_provider=api.GitProvider.GIT_HUB))
    for kind, value in {
        "spark_jar_task": api.SparkJarTask(main_class_name="Main"),
        "sql_task": api.SqlTask(warehouse_id="embedded", query=api.SqlTaskQuery(query_id="x")),
        "pipeline_task": api.PipelineTask(pipeline_id="x"),
        "dbt_task": api.DbtTask(commands=["dbt run"]),
    }.items():
        with judge.refused("jobs", kind, "INVALID_PARAMETER_VALUE", kind):
            create(tasks=[api.Task(task_key="main", new_cluster=cluster(), **{kind: value})])
    with judge.refused("jobs", "existing_cluster_id", "INVALID_PARAMETER_VALUE", "1122-000000-abc"):
        task = script_task(script, ["hello"]) | {"new_cluster": None, "existing_cluster_id": "1122-000000-abc"}
        create(tasks=[api.Task(**task)])
    with judge.refused("jobs", "continuous", "INVALID_PARAMETER_VALUE", "continuous"):
        create(continuous=api.Continuous(pause_status=api.PauseStatus.UNPAUSED))
    with judge.refused("jobs", "trigger", "INVALID_PARAMETER_VALUE", "trigger"):
        create(
            trigger=api.TriggerSettings(
                pause_status=api.PauseStatus.UNPAUSED, file_arrival=api.FileArrivalTriggerConfiguration(url="/Volumes/x")
            )
        )
    with judge.refused("jobs", "export_run", "ENDPOINT_NOT_FOUND", "No API found"):
        client.jobs.export_run(next(iter(client.jobs.list_runs())).run_id)
