"""Tries the workspace with the legacy databricks-cli. Arguments: URL TOKEN SCRIPT; HOME is an empty folder."""
import json
import os
import pathlib
import time

from judge import Judge, arguments

given = arguments("url", "token", "script")
# It drops the port of a host. A proxy keeps it: the workspace takes the requests that a client sends to a proxy.
os.environ.update(http_proxy=given["url"], DATABRICKS_CLI_DO_NOT_EXECUTE_NEWER_VERSION="1")
home = pathlib.Path(os.environ["HOME"])
(home / ".databrickscfg").write_text(f"[DEFAULT]\nhost = http://127.0.0.1\ntoken = {given['token']}\n")

from click.testing import CliRunner
from databricks_cli.cli import cli

# `runs submit --wait` sleeps for seconds between two looks.
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.05))

runner = CliRunner()
judge = Judge("databricks-cli")
CLUSTER = {"spark_version": "15.4.x-scala2.12", "node_type_id": "m5.large", "num_workers": 1}


class Refused(Exception):
    pass


def databricks(*words):
    finished = runner.invoke(cli, list(words))
    if finished.exit_code != 0:
        told = [line for line in finished.output.split("\n") if line.startswith("Error")]
        raise Refused(told[-1] if told else finished.output + repr(finished.exception))
    return finished.stdout


def answer(*words):
    return json.loads(databricks(*words))


def settings(*parameters):
    script = {"python_file": given["script"], "parameters": list(parameters)}
    return json.dumps({"name": "by the CLI", "spark_python_task": script, "new_cluster": CLUSTER})


def ended(run_id):
    while True:
        run = answer("runs", "get", "--run-id", str(run_id))
        if "result_state" in run["state"]:
            return run
        time.sleep(0.02)


def jobs():
    with judge.passed("jobs", "create", "get", "list"):
        job = str(answer("jobs", "create", "--json", settings("hello"))["job_id"])
        found = answer("jobs", "get", "--job-id", job)
        assert found["settings"]["name"] == "by the CLI", found
        assert found["settings"]["spark_python_task"]["parameters"] == ["hello"], found
        assert databricks("jobs", "list").split() == [job, "by", "the", "CLI"]
        assert answer("jobs", "list", "--output", "JSON")["jobs"][0]["job_id"] == int(job)
    with judge.passed("jobs", "run-now", "reset", "delete"):
        run = answer("jobs", "run-now", "--job-id", job, "--python-params", '["again"]')
        assert run["number_in_job"] == run["run_id"], run
        assert ended(run["run_id"])["state"]["result_state"] == "SUCCESS"
        databricks("jobs", "reset", "--job-id", job, "--json", settings("other"))
        assert answer("jobs", "get", "--job-id", job)["settings"]["spark_python_task"]["parameters"] == ["other"]
        databricks("jobs", "delete", "--job-id", job)
        assert databricks("jobs", "list").strip() == ""
    with judge.passed("jobs (--version=2.1)", "create", "get", "list", "run-now", "delete"):
        task = json.loads(settings("hello")) | {"task_key": "main"}
        del task["name"]
        job = str(answer("jobs", "create", "--version", "2.1", "--json", json.dumps({"name": "many", "tasks": [task]}))["job_id"])
        assert answer("jobs", "get", "--version", "2.1", "--job-id", job)["settings"]["tasks"][0]["task_key"] == "main"
        assert job in databricks("jobs", "list", "--version", "2.1", "--all")
        run = answer("jobs", "run-now", "--version", "2.1", "--job-id", job)
        assert ended(run["run_id"])["state"]["result_state"] == "SUCCESS"
        databricks("jobs", "delete", "--version", "2.1", "--job-id", job)


def runs():
    with judge.passed("runs", "submit", "get", "get-output"):
        run = answer("runs", "submit", "--json", settings("hello").replace('"name"', '"run_name"'))["run_id"]
        found = ended(run)
        assert (found["state"]["result_state"], found["run_name"]) == ("SUCCESS", "by the CLI"), found
        output = answer("runs", "get-output", "--run-id", str(run))
        assert output["logs"] == "hello\n" and output["metadata"]["run_id"] == run, output
    with judge.passed("runs", "submit --wait", "cancel", "list"):
        said = databricks("runs", "submit", "--wait", "--json", settings("hello"))
        assert "SUCCESS" in said or "run_id" in said, said
        slow = str(answer("runs", "submit", "--json", settings("sleep"))["run_id"])
        databricks("runs", "cancel", "--run-id", slow)
        assert ended(slow)["state"]["result_state"] == "CANCELED"
        assert slow in databricks("runs", "list") and slow in databricks("runs", "list", "--version", "2.1")


def clusters():
    with judge.passed("clusters", "list", "get", "events"):
        run = answer("runs", "list", "--output", "JSON")["runs"][0]
        cluster = run["cluster_instance"]["cluster_id"]
        assert answer("clusters", "get", "--cluster-id", cluster)["state"] == "TERMINATED"
        assert cluster in databricks("clusters", "list")
        assert "CREATING" in databricks("clusters", "events", "--cluster-id", cluster)
    with judge.passed("clusters", "spark-versions", "list-node-types", "list-zones"):
        assert "15.4.x-scala2.12" in databricks("clusters", "spark-versions")
        assert "m5.large" in databricks("clusters", "list-node-types")
        assert "default_zone" in answer("clusters", "list-zones")
    with judge.passed("instance-pools", "list"):
        databricks("instance-pools", "list")


def policies():
    with judge.passed("cluster-policies", "create", "get", "list", "edit", "delete"):
        policy = {"name": "weather-dev", "definition": json.dumps({"num_workers": {"type": "fixed", "value": 1}})}
        made = answer("cluster-policies", "create", "--json", json.dumps(policy))["policy_id"]
        assert answer("cluster-policies", "get", "--policy-id", made)["name"] == "weather-dev"
        databricks("cluster-policies", "edit", "--json", json.dumps(policy | {"policy_id": made, "name": "weather-2"}))
        assert "weather-2" in databricks("cluster-policies", "list")
        databricks("cluster-policies", "delete", "--policy-id", made)
        assert made not in databricks("cluster-policies", "list")


def fs():
    with judge.passed("fs", "mkdirs", "cp", "cat", "ls", "mv", "rm"):
        here = home / "here"
        here.mkdir()
        (here / "large").write_bytes(os.urandom(1_500_000))
        (here / "text").write_text("hello\n")
        databricks("fs", "mkdirs", "dbfs:/by-cli")
        databricks("fs", "cp", "--recursive", str(here), "dbfs:/by-cli")
        assert databricks("fs", "cat", "dbfs:/by-cli/text").strip() == "hello"
        assert sorted(databricks("fs", "ls", "dbfs:/by-cli").split()) == ["large", "text"]
        databricks("fs", "mv", "dbfs:/by-cli/large", "dbfs:/by-cli/moved")
        databricks("fs", "cp", "dbfs:/by-cli/moved", str(home / "back"))
        assert (home / "back").read_bytes() == (here / "large").read_bytes()
        databricks("fs", "rm", "--recursive", "dbfs:/by-cli")
    with judge.refused("fs", "cat of no file", "RESOURCE_DOES_NOT_EXIST", "by-cli/text"):
        databricks("fs", "cat", "dbfs:/by-cli/text")


def workspace():
    with judge.passed("workspace", "mkdirs", "import", "export", "list", "rm"):
        (home / "book.py").write_text("# Databricks notebook source\nprint(1)\n")
        databricks("workspace", "mkdirs", "/Shared/by-cli")
        databricks("workspace", "import", "--language", "PYTHON", str(home / "book.py"), "/Shared/by-cli/book")
        assert databricks("workspace", "ls", "/Shared/by-cli").split() == ["book"]
        databricks("workspace", "export", "/Shared/by-cli/book", str(home / "book-back.py"))
        assert (home / "book-back.py").read_text() == (home / "book.py").read_text()
    with judge.passed("workspace", "import_dir", "export_dir"):
        folder = home / "folder"
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "one.py").write_text("print(1)\n")
        databricks("workspace", "import_dir", str(folder), "/Shared/by-cli/folder")
        databricks("workspace", "export_dir", "/Shared/by-cli/folder", str(home / "folder-back"))
        assert "print(1)" in (home / "folder-back" / "sub" / "one.py").read_text()
        databricks("workspace", "rm", "--recursive", "/Shared/by-cli")
        assert "by-cli" not in databricks("workspace", "ls", "/Shared")


def secrets():
    with judge.passed("secrets", "create-scope", "list-scopes", "put", "list", "delete"):
        databricks("secrets", "create-scope", "--scope", "by-cli")
        assert "by-cli" in databricks("secrets", "list-scopes")
        databricks("secrets", "put", "--scope", "by-cli", "--key", "one", "--string-value", "sesame")
        assert "one" in databricks("secrets", "list", "--scope", "by-cli")
        databricks("secrets", "delete", "--scope", "by-cli", "--key", "one")
    with judge.passed("secrets", "put-acl", "get-acl", "list-acls", "delete-acl", "delete-scope"):
        named = ("--scope", "by-cli", "--principal", "weather")
        databricks("secrets", "put-acl", *named, "--permission", "READ")
        assert "READ" in databricks("secrets", "get-acl", *named)
        assert "weather" in databricks("secrets", "list-acls", "--scope", "by-cli")
        databricks("secrets", "delete-acl", *named)
        databricks("secrets", "delete-scope", "--scope", "by-cli")


def elsewhere():
    cluster = json.dumps(CLUSTER | {"cluster_name": "mine"})
    with judge.refused("clusters", "create", "INVALID_PARAMETER_VALUE", "all-purpose clusters"):
        databricks("clusters", "create", "--json", cluster)
    with judge.refused("libraries", "list", "ENDPOINT_NOT_FOUND", "libraries"):
        databricks("libraries", "list")
    with judge.refused("groups", "list", "ENDPOINT_NOT_FOUND", "groups"):
        databricks("groups", "list")


for area in (policies, jobs, runs, clusters, fs, workspace, secrets, elsewhere):
    area()
judge.report()
