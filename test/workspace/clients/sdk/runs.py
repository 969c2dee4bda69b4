"""Jobs and runs."""
import datetime
import json

from databricks.sdk.errors import InvalidParameterValue, OperationFailed, ResourceDoesNotExist
from databricks.sdk.service import compute
from databricks.sdk.service import jobs as api

SOON = datetime.timedelta(seconds=60)


def cluster(**more):
    return compute.ClusterSpec(
        spark_version="15.4.x-scala2.12", node_type_id="m5.large", num_workers=1, **more
    )


def script_task(script, parameters, **more):
    return {
        "task_key": "main",
        "spark_python_task": api.SparkPythonTask(python_file=script, parameters=parameters),
        "new_cluster": cluster(),
    } | more


def two_tasks(script, word):
    after = script_task(script, ["after"], task_key="after", depends_on=[api.TaskDependency(task_key="main")])
    return [api.Task(**script_task(script, [word])), api.Task(**after)]


def submitted(judge, client, script):
    def submit(*parameters, **more):
        return client.jobs.submit(
            run_name="by the SDK", tasks=[api.SubmitTask(**script_task(script, list(parameters)))], **more
        )

    with judge.passed("jobs", "submit", "wait_get_run_job_terminated_or_skipped", "get_run"):
        run = submit("hello", idempotency_token="once").result(timeout=SOON)
        task = run.tasks[0]
        assert run.state.result_state == api.RunResultState.SUCCESS, run.state
        assert run.status.termination_details.code == api.TerminationCodeCode.SUCCESS, run.status
        assert run.run_type == api.RunType.SUBMIT_RUN and run.end_time > run.start_time
        assert submit("hello", idempotency_token="once").run_id == run.run_id
    with judge.passed("jobs", "get_run_output"):
        output = client.jobs.get_run_output(task.run_id)
        assert output.logs == "hello\n" and output.metadata.run_id == task.run_id, output
        refusal = None
        try:
            client.jobs.get_run_output(run.run_id)
        except InvalidParameterValue as error:
            refusal = str(error)
        assert refusal is not None and "multiple tasks is not supported" in refusal, refusal
    with judge.passed("jobs", "cancel_run", "cancel_run_and_wait"):
        slow = submit("sleep")
        client.jobs.cancel_run_and_wait(slow.run_id, timeout=SOON)
        ended = client.jobs.get_run(slow.run_id)
        assert ended.state.result_state == api.RunResultState.CANCELED, ended.state
        assert ended.state.user_cancelled_or_timedout and ended.state.state_message == "Run cancelled.", ended.state
    with judge.passed("jobs", "list_runs"):
        listed = list(client.jobs.list_runs(expand_tasks=True, limit=1))
        assert [one.run_id for one in listed] == [slow.run_id, run.run_id], listed
        assert listed[1].tasks[0].task_key == "main"
        assert [one.run_id for one in client.jobs.list_runs(completed_only=True, run_type=api.RunType.JOB_RUN)] == []
    with judge.passed("jobs", "delete_run"):
        client.jobs.delete_run(slow.run_id)
        try:
            client.jobs.get_run(slow.run_id)
            raise AssertionError("it is still there")
        except ResourceDoesNotExist:
            pass


def governed(judge, client, script):
    definition = {
        "spark_version": {"type": "fixed", "value": "15.4.x-scala2.12"},
        "node_type_id": {"type": "unlimited", "defaultValue": "m5.large"},
        "custom_tags.team": {"type": "fixed", "value": "weather"},
    }
    policy = client.cluster_policies.create(name="governed", definition=json.dumps(definition)).policy_id

    def submit(tags=None):
        spec = compute.ClusterSpec(
            policy_id=policy,
            apply_policy_default_values=True,
            autoscale=compute.AutoScale(min_workers=1, max_workers=2),
            custom_tags=tags,
        )
        viewer = api.JobAccessControlRequest(group_name="weather", permission_level=api.JobPermissionLevel.CAN_VIEW)
        task = api.SubmitTask(**script_task(script, ["hello"], new_cluster=spec))
        return client.jobs.submit(run_name="governed", tasks=[task], access_control_list=[viewer])

    with judge.passed("jobs", "submit under a policy, with access_control_list"):
        run = submit().result(timeout=SOON)
        (task,) = run.tasks
        spec = task.new_cluster
        assert (spec.spark_version, spec.node_type_id) == ("15.4.x-scala2.12", "m5.large"), spec
        assert spec.custom_tags == {"team": "weather"} and spec.autoscale.max_workers == 2, spec
        context = client.clusters.get(task.cluster_instance.cluster_id).spark_context_id
        assert str(context) == task.cluster_instance.spark_context_id, context
        granted = client.jobs.get_permissions(str(run.job_id)).access_control_list
        assert sorted(one.user_name or one.group_name for one in granted) == ["admins", "weather", "you@localhost"]
        assert client.jobs.get(run.job_id).settings.name == "governed"
    with judge.passed("errors", "InvalidParameterValue"):
        try:
            submit({"team": "market"})
            raise AssertionError("the policy does not matter")
        except InvalidParameterValue as error:
            told = "Validation failed for custom_tags, team must be weather (is \"market\")"
            assert str(error).startswith(f"Cluster validation error: {told}"), error
    client.cluster_policies.delete(policy)


def saved(judge, client, script):
    with judge.passed("jobs", "create", "get"):
        job = client.jobs.create(
            name="nightly",
            tags={"team": "weather"},
            tasks=[api.Task(**script_task(script, ["hello"]))],
            job_clusters=[api.JobCluster(job_cluster_key="shared", new_cluster=cluster())],
            parameters=[api.JobParameterDefinition(name="day", default="monday")],
            schedule=api.CronSchedule(
                quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC", pause_status=api.PauseStatus.PAUSED
            ),
        )
        settings = client.jobs.get(job.job_id).settings
        assert settings.name == "nightly" and settings.tags == {"team": "weather"}
        assert settings.tasks[0].task_key == "main" and settings.max_concurrent_runs == 1
        assert settings.schedule.pause_status == api.PauseStatus.PAUSED
        assert settings.job_clusters[0].job_cluster_key == "shared"
        assert settings.parameters[0].default == "monday"
    with judge.passed("jobs", "list"):
        assert [one.job_id for one in client.jobs.list(name="nightly")] == [job.job_id]
        (one,) = client.jobs.list(expand_tasks=True)
        assert one.settings.tasks[0].task_key == "main"
    with judge.passed("jobs", "run_now", "run_now_and_wait"):
        run = client.jobs.run_now_and_wait(job.job_id, job_parameters={"day": "friday"}, timeout=SOON)
        assert run.state.result_state == api.RunResultState.SUCCESS, run.state
        assert run.run_type == api.RunType.JOB_RUN and run.job_id == job.job_id, run
        assert client.jobs.get_run_output(run.tasks[0].run_id).logs == "hello\n"
        assert [(one.name, one.value) for one in run.job_parameters] == [("day", "friday")], run.job_parameters
        assert [one.run_id for one in client.jobs.list_runs(job_id=job.job_id)] == [run.run_id]
    with judge.passed("jobs", "update", "reset"):
        client.jobs.update(job.job_id, new_settings=api.JobSettings(name="renamed"), fields_to_remove=["schedule"])
        settings = client.jobs.get(job.job_id).settings
        assert settings.name == "renamed" and settings.schedule is None and len(settings.tasks) == 1
        client.jobs.reset(job.job_id, new_settings=settings)
        assert client.jobs.get(job.job_id).settings == settings
        client.jobs.reset(job.job_id, new_settings=api.JobSettings(name="two", tasks=two_tasks(script, "fail")))
        assert [one.task_key for one in client.jobs.get(job.job_id).settings.tasks] == ["main", "after"]
    with judge.passed("jobs", "repair_run", "wait of a failed run"):
        waiter = client.jobs.run_now(job.job_id)
        failure = None
        try:
            waiter.result(timeout=SOON)
        except OperationFailed as error:
            failure = str(error)
        assert failure is not None and "Task main failed with message" in failure, failure
        failed = client.jobs.get_run(waiter.run_id)
        assert [one.state.result_state.value for one in failed.tasks] == ["FAILED", "UPSTREAM_FAILED"], failed.tasks
        client.jobs.reset(
            job.job_id, new_settings=api.JobSettings(name="two", tasks=two_tasks(script, "hello"))
        )
        repaired = client.jobs.repair_run(
            failed.run_id, rerun_all_failed_tasks=True, rerun_dependent_tasks=True
        ).result(timeout=SOON)
        assert repaired.state.result_state == api.RunResultState.SUCCESS, repaired.state
        history = client.jobs.get_run(failed.run_id, include_history=True).repair_history
        assert [one.type.value for one in history] == ["ORIGINAL", "REPAIR"], history
    with judge.passed("jobs", "cancel_all_runs"):
        client.jobs.reset(
            job.job_id, new_settings=api.JobSettings(name="two", tasks=two_tasks(script, "sleep"))
        )
        slow = client.jobs.run_now(job.job_id)
        client.jobs.cancel_all_runs(job_id=job.job_id)
        assert slow.result(timeout=SOON).state.result_state == api.RunResultState.CANCELED
    with judge.passed("jobs", "get_permission_levels", "set_permissions", "update_permissions", "get_permissions"):
        levels = client.jobs.get_permission_levels(str(job.job_id)).permission_levels
        assert [one.permission_level.value for one in levels] == ["CAN_VIEW", "CAN_MANAGE_RUN", "IS_OWNER", "CAN_MANAGE"]
        owner = api.JobAccessControlRequest(user_name="you@localhost", permission_level=api.JobPermissionLevel.IS_OWNER)
        viewer = api.JobAccessControlRequest(group_name="weather", permission_level=api.JobPermissionLevel.CAN_VIEW)
        client.jobs.set_permissions(str(job.job_id), access_control_list=[owner])
        client.jobs.update_permissions(str(job.job_id), access_control_list=[viewer])
        found = client.jobs.get_permissions(str(job.job_id))
        assert found.object_type == "job" and found.object_id == f"/jobs/{job.job_id}"
        names = sorted(one.user_name or one.group_name for one in found.access_control_list)
        assert names == ["admins", "weather", "you@localhost"], names
    with judge.passed("jobs", "delete"):
        client.jobs.delete(job.job_id)
        try:
            client.jobs.get(job.job_id)
            raise AssertionError("it is still there")
        except ResourceDoesNotExist as error:
            assert str(error).startswith(f"Job {job.job_id} does not exist."), error


def paged(judge, client, script):
    first = script_task(script, ["sleep"])
    others = [
        script_task(script, ["x"], task_key=f"t{number}", depends_on=[api.TaskDependency(task_key="main")])
        for number in range(149)
    ]
    tasks = [api.Task(**one) for one in [first, *others]]
    with judge.passed("paging", "jobs.get and get_run of 150 tasks"):
        job = client.jobs.create(name="many", tasks=tasks).job_id
        assert len(client.jobs.get(job).settings.tasks) == 150
        run = client.jobs.run_now(job)
        assert len({one.task_key for one in client.jobs.get_run(run.run_id).tasks}) == 150
        client.jobs.cancel_run_and_wait(run.run_id, timeout=SOON)
    with judge.passed("paging", "jobs.list with expand_tasks"):
        (listed,) = [one for one in client.jobs.list(expand_tasks=True) if one.job_id == job]
        assert len(listed.settings.tasks) == 150
    with judge.passed("paging", "jobs.list and list_runs of several pages"):
        more = [client.jobs.create(name=f"small {number}", tasks=tasks[:1]).job_id for number in range(5)]
        assert {one.job_id for one in client.jobs.list(limit=2)} >= {job, *more}
        pages = [one.run_id for one in client.jobs.list_runs(limit=1)]
        assert pages == [one.run_id for one in client.jobs.list_runs()] and len(pages) > 1
    for one in [job, *more]:
        client.jobs.delete(one)
