"""What was put into the trees of files, run: scripts, notebooks, wheels, with secrets, parameters and environments."""
import io

from databricks.sdk.service import compute
from databricks.sdk.service import jobs as api
from databricks.sdk.service import workspace as files
from databricks.sdk.service.catalog import VolumeType
from runs import SOON, cluster

HOME = "/Users/you@localhost/works"
SCRIPT = b"import os, sys\nprint(sys.argv[1:], len(os.environ['PASSWORD']))\n"
BOOK = b"""# Databricks notebook source
# MAGIC %md A title

# COMMAND ----------

# MAGIC %run ./other

# COMMAND ----------

print("the day is", dbutils.widgets.get("day"), twice(2))
password = dbutils.secrets.get("works", "password")
print("it is", password)
dbutils.notebook.exit(f"{dbutils.widgets.get('day')} {len(password)}")
"""
OTHER = b"# Databricks notebook source\ndef twice(n):\n    return 2 * n\n"


def works(judge, client, wheel):
    client.workspace.mkdirs(HOME)
    client.secrets.create_scope("works")
    client.secrets.put_secret("works", "password", string_value="sesame")

    def ran(task, **more):
        new_cluster = {} if "environment_key" in task else {"new_cluster": cluster(**task.pop("cluster", {}))}
        one = api.SubmitTask(task_key="main", **new_cluster, **task)
        run = client.jobs.submit(run_name="works", tasks=[one], **more).result(timeout=SOON)
        assert run.state.result_state == api.RunResultState.SUCCESS, output_of(run).error
        return output_of(run)

    def output_of(run):
        return client.jobs.get_run_output(run.tasks[0].run_id)

    with judge.passed("tasks", "spark_python_task of /Workspace, with a secret in spark_env_vars"):
        client.workspace.upload(f"{HOME}/script.py", io.BytesIO(SCRIPT), format=files.ImportFormat.AUTO)
        task = api.SparkPythonTask(f"/Workspace{HOME}/script.py", parameters=["one", "{{job.run_id}}"])
        secret = {"PASSWORD": "{{secrets/works/password}}"}
        output = ran({"spark_python_task": task, "cluster": {"spark_env_vars": secret}})
        assert output.logs == f"['one', '{output.metadata.job_run_id}'] 6\n", output.logs
    with judge.passed("tasks", "notebook_task with widgets, %run and dbutils.secrets"):
        for name, source in {"book.py": BOOK, "other.py": OTHER}.items():
            client.workspace.upload(f"{HOME}/{name}", io.BytesIO(source), format=files.ImportFormat.AUTO)
        task = api.NotebookTask(f"{HOME}/book", base_parameters={"day": "monday"})
        output = ran({"notebook_task": task})
        assert output.notebook_output.result == "monday 6", output
    with judge.passed("tasks", "python_wheel_task of a volume, in environments"):
        client.volumes.create("main", "default", "wheels", VolumeType.MANAGED)
        with open(wheel, "rb") as file:
            path = f"/Volumes/main/default/wheels/{wheel.rsplit('/', 1)[-1]}"
            client.files.upload(path, io.BytesIO(file.read()), overwrite=True)
        entry = api.PythonWheelTask("observations", "main", named_parameters={"day": "monday"})
        spec = compute.Environment(environment_version="2", dependencies=[path])
        environment = api.JobEnvironment(environment_key="default", spec=spec)
        output = ran({"python_wheel_task": entry, "environment_key": "default"}, environments=[environment])
        assert output.logs == "['observations', '--day=monday']\n", output
        output = ran({"python_wheel_task": entry, "libraries": [compute.Library(whl=path)]})
        assert output.logs == "['observations', '--day=monday']\n", output
    client.workspace.delete(HOME, recursive=True)
    client.volumes.delete("main.default.wheels")
    client.secrets.delete_scope("works")
