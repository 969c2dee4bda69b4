"""What someone without any right sees of another's things: nothing, in the words of the service."""
import io

from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.service import jobs as api
from databricks.sdk.service import workspace as files
from databricks.sdk.service.catalog import VolumeType
from runs import cluster, script_task


def limits(judge, client, stranger, script):
    task = api.SubmitTask(**script_task(script, ["hello"]))
    run = client.jobs.submit(run_name="mine", tasks=[task]).result()
    job = client.jobs.create(name="mine", tasks=[api.Task(**script_task(script, ["hello"]))])
    policy = client.cluster_policies.create(name="mine", definition="{}").policy_id
    client.secrets.create_scope("mine")
    client.secrets.put_secret("mine", "key", string_value="sesame")
    home = "/Users/you@localhost/mine.txt"
    client.workspace.upload(home, io.BytesIO(b"mine"), format=files.ImportFormat.AUTO)
    client.volumes.create("main", "default", "mine", VolumeType.MANAGED)
    client.files.upload("/Volumes/main/default/mine/file", io.BytesIO(b"mine"))
    task_run = run.tasks[0]

    def refused(*calls):
        for number, call in enumerate(calls):
            try:
                found = call()
            except (PermissionDenied, NotFound):
                continue
            raise AssertionError(f"call {number} answered {found}")

    jobs = stranger.jobs
    with judge.passed("another’s, by a stranger", "jobs"):
        refused(
            lambda: jobs.get_run(run.run_id),
            lambda: jobs.get_run_output(task_run.run_id),
            lambda: jobs.cancel_run(run.run_id),
            lambda: jobs.delete_run(run.run_id),
            lambda: jobs.repair_run(run.run_id, rerun_tasks=["main"]),
            lambda: jobs.get(job.job_id),
            lambda: jobs.run_now(job.job_id),
            lambda: jobs.update(job.job_id, new_settings=api.JobSettings(name="yours")),
            lambda: jobs.reset(job.job_id, new_settings=api.JobSettings(name="yours")),
            lambda: jobs.cancel_all_runs(job_id=job.job_id),
            lambda: jobs.delete(job.job_id),
            lambda: jobs.get_permissions(str(job.job_id)),
            lambda: jobs.update_permissions(str(job.job_id), access_control_list=[]),
        )
        assert list(jobs.list()) == [] and list(jobs.list_runs()) == []
    with judge.passed("another’s, by a stranger", "clusters"):
        found = task_run.cluster_instance.cluster_id
        refused(lambda: stranger.clusters.get(found), lambda: list(stranger.clusters.events(found)))
        assert list(stranger.clusters.list()) == []
    with judge.passed("another’s, by a stranger", "cluster_policies"):
        under = api.SubmitTask(**script_task(script, ["hello"], new_cluster=cluster(policy_id=policy)))
        refused(
            lambda: stranger.cluster_policies.get(policy),
            lambda: stranger.cluster_policies.delete(policy),
            lambda: stranger.cluster_policies.edit(policy, name="yours", definition="{}"),
            lambda: stranger.cluster_policies.create(name="yours", definition="{}"),
            lambda: jobs.submit(tasks=[under]),
            lambda: jobs.submit(tasks=[task]),
        )
        assert list(stranger.cluster_policies.list()) == []
    with judge.passed("another’s, by a stranger", "secrets"):
        refused(
            lambda: stranger.secrets.get_secret("mine", "key"),
            lambda: list(stranger.secrets.list_secrets("mine")),
            lambda: stranger.secrets.put_secret("mine", "key", string_value="yours"),
            lambda: list(stranger.secrets.list_acls("mine")),
            lambda: stranger.secrets.delete_scope("mine"),
        )
    with judge.passed("another’s, by a stranger", "workspace"):
        refused(
            lambda: stranger.workspace.download(home).read(),
            lambda: stranger.workspace.get_status(home),
            lambda: list(stranger.workspace.list("/Users/you@localhost")),
            lambda: stranger.workspace.delete(home),
            lambda: stranger.workspace.upload(home, io.BytesIO(b"yours"), overwrite=True, format=files.ImportFormat.AUTO),
        )
    with judge.passed("another’s, by a stranger", "files"):
        refused(
            lambda: stranger.files.download("/Volumes/main/default/mine/file"),
            lambda: list(stranger.files.list_directory_contents("/Volumes/main/default/mine")),
            lambda: stranger.files.upload("/Volumes/main/default/mine/other", io.BytesIO(b"yours")),
            lambda: stranger.volumes.read("main.default.mine"),
        )
    with judge.passed("another’s, by a stranger", "tokens"):
        mine = client.tokens.create(comment="mine").token_info.token_id
        assert mine not in [one.token_id for one in stranger.tokens.list()]
        refused(lambda: stranger.tokens.delete(mine))
    client.jobs.delete(job.job_id)
    client.cluster_policies.delete(policy)
    client.secrets.delete_scope("mine")
    client.workspace.delete(home)
    client.volumes.delete("main.default.mine")
