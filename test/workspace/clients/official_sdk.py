"""Walks through the workspace with Databricks' own SDK and prints what it saw as JSON. Arguments: HOST TOKEN SCRIPT CLIENT_ID CLIENT_SECRET."""
import datetime
import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, PermissionDenied, ResourceDoesNotExist
from databricks.sdk.service import compute, iam, jobs

host, token, script, client_id, client_secret = sys.argv[1:]
client = WorkspaceClient(host=host, token=token)
seen = {"me": client.current_user.me().user_name}
program = WorkspaceClient(host=host, client_id=client_id, client_secret=client_secret)
identity = program.current_user.me()
seen["program"] = [program.config.auth_type, identity.user_name == client_id, identity.display_name]
seen["workspace_id"] = program.get_workspace_id()
profile = "arn:aws:iam::123456789012:instance-profile/hermes-weather"
client.instance_profiles.add(profile, skip_validation=True)
seen["instance_profiles"] = [one.instance_profile_arn for one in client.instance_profiles.list()]

definition = json.dumps(
    {
        "spark_version": {"type": "fixed", "value": "15.4.x-scala2.12"},
        "node_type_id": {"type": "unlimited", "defaultValue": "m5.large"},
        "custom_tags.team": {"type": "fixed", "value": "weather"},
    }
)
policy = client.cluster_policies.create(name="weather-dev", definition=definition)
seen["policies"] = [(one.name, one.definition == definition) for one in client.cluster_policies.list()]
permission = client.cluster_policies.set_permissions(
    policy.policy_id,
    access_control_list=[
        compute.ClusterPolicyAccessControlRequest(
            group_name="weather", permission_level=compute.ClusterPolicyPermissionLevel.CAN_USE
        )
    ],
)
seen["policy_object"] = permission.object_type


def submit(parameters, tags=None):
    return client.jobs.submit(
        run_name="by the SDK",
        tasks=[
            jobs.SubmitTask(
                task_key="main",
                spark_python_task=jobs.SparkPythonTask(python_file=script, parameters=parameters),
                new_cluster=compute.ClusterSpec(
                    policy_id=policy.policy_id,
                    apply_policy_default_values=True,
                    autoscale=compute.AutoScale(min_workers=1, max_workers=2),
                    custom_tags=tags,
                ),
            )
        ],
        access_control_list=[
            jobs.JobAccessControlRequest(group_name="weather", permission_level=jobs.JobPermissionLevel.CAN_VIEW)
        ],
    )


run = submit(["hello"]).result(timeout=datetime.timedelta(seconds=30))
task = run.tasks[0]
output = client.jobs.get_run_output(task.run_id)
cluster = client.clusters.get(task.cluster_instance.cluster_id)
seen["run"] = [run.state.life_cycle_state.value, run.state.result_state.value, run.status.termination_details.code.value]
seen["cluster"] = [task.new_cluster.spark_version, task.new_cluster.node_type_id, task.new_cluster.custom_tags]
seen["logs"] = output.logs
seen["context_matches"] = str(cluster.spark_context_id) == task.cluster_instance.spark_context_id
seen["listed"] = [one.run_name for one in client.jobs.list_runs(expand_tasks=True)]
seen["job"] = client.jobs.get(run.job_id).settings.name
granted = client.permissions.update(
    "jobs",
    str(run.job_id),
    access_control_list=[iam.AccessControlRequest(user_name="ana", permission_level=iam.PermissionLevel.CAN_VIEW)],
)
seen["granted"] = sorted(one.user_name or one.group_name for one in granted.access_control_list)

slow = submit(["sleep"])
client.jobs.cancel_run_and_wait(slow.run_id, timeout=datetime.timedelta(seconds=30))
seen["cancelled"] = client.jobs.get_run(slow.run_id).state.result_state.value


def error_of(call):
    try:
        call()
    except (InvalidParameterValue, PermissionDenied, ResourceDoesNotExist) as error:
        return [type(error).__name__, str(error).split(" Config:")[0]]


seen["missing_run"] = error_of(lambda: client.jobs.get_run(424242))
seen["missing_policy"] = error_of(lambda: client.cluster_policies.get("ABC"))
seen["broken_policy"] = error_of(lambda: submit([], {"team": "market"}))
seen["no_admin"] = error_of(lambda: list(program.instance_profiles.list()))


def sign_in(secret):
    try:
        WorkspaceClient(host=host, client_id=client_id, client_secret=secret).current_user.me()
    except ValueError as error:
        return str(error).split(". Config:")[0]


seen["wrong_secret"] = sign_in("wrong")
print(json.dumps(seen))
