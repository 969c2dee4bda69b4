"""What the SDK tries again, in a workspace that plays the scenario of the suite."""
from databricks.sdk.service import jobs as api
from runs import script_task


def retries(judge, client, script):
    with judge.passed("retries", "429 with Retry-After", "429 without", "503", "cut connection"):
        for _ in range(5):
            assert client.current_user.me().user_name == "you@localhost"
    with judge.passed("retries", "submit whose reply was lost"):
        task = api.SubmitTask(**script_task(script, ["hello"]))
        made = client.jobs.submit(run_name="once", tasks=[task], idempotency_token="once")
        assert [one.run_id for one in client.jobs.list_runs()] == [made.run_id]
