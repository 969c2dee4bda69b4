"""The first task of a DAG with Hermes tasks: it resolves their artifacts before anything else starts."""

from __future__ import annotations

from hermes_airflow.artifacts import RESOLVE_TASK_ID, PythonOperator, resolve_artifacts
from hermes_airflow.payload import KNOWN

# Which script runs is fixed before the first task: it cannot differ between the instances of a mapped one.
FIXED = ("team", "project_name", "script_name", "script_version", "library_version")


class ArtifactsOperator(PythonOperator):
    """Resolves the artifacts of a DAG run, and stands in front of all that leads to a Hermes task."""

    def __init__(self, *, requests: dict, **kwargs) -> None:
        super().__init__(**kwargs)
        self.requests = requests

    def resolve_template_files(self) -> None:
        # Airflow calls this of every task when the file has been read: the graph is complete.
        super().resolve_template_files()
        put_first(self)


def join_dag(dag, task, lookup: dict, *, is_mapped: bool) -> None:
    """Tags the DAG and adds what the task needs to its first task."""
    first = dag.task_dict.get(RESOLVE_TASK_ID)
    if is_mapped:
        # One instance of a task that joined with what all of them share.
        if first.requests[task.task_id] != lookup:
            names = ", ".join(FIXED)
            raise ValueError(f"{task.task_id} cannot run another script than the task says: {names} cannot be mapped.")
        return
    if first is None:
        requests: dict = {}
        options = {"requests": requests, "dag": dag, "task_group": dag.task_group, "owner": task.owner}
        first = resolve_artifacts(requests, ArtifactsOperator, **options)
    if not isinstance(first, ArtifactsOperator):
        raise ValueError(
            f'The task id "{RESOLVE_TASK_ID}" is taken: Hermes gives it to the task that resolves versions.'
        )
    first.requests[task.task_id] = lookup
    first.set_downstream(task)
    tags = {*(dag.tags or []), KNOWN["service_tag"]}
    dag.tags = tags if isinstance(dag.tags, set) else sorted(tags)


def put_first(first: ArtifactsOperator) -> None:
    """Moves the first task in front of everything that leads to a Hermes task.

    Behind it, tasks wait only for those that the user named, so that every trigger rule keeps its meaning.
    """
    tasks = first.get_dag().task_dict
    waiting, starts = [*first.requests], set()
    seen = set(waiting)
    while waiting:
        task_id = waiting.pop()
        before = before_of(tasks[task_id], first)
        if not before:
            starts.add(task_id)
        waiting += before - seen
        seen |= before
    for task_id in first.requests.keys() - starts:
        tasks[task_id].upstream_task_ids.discard(first.task_id)
        first.downstream_task_ids.discard(task_id)
    for task_id in sorted(starts):
        if task_id not in first.downstream_task_ids:
            first.set_downstream(tasks[task_id])
        start_after(tasks[task_id], first)


def before_of(task, first: ArtifactsOperator) -> set[str]:
    """What a task waits for beside the first one; with the rule `always`, for nothing."""
    return set() if task.trigger_rule == "always" else task.upstream_task_ids - {first.task_id}


def start_after(task, first: ArtifactsOperator) -> None:
    """What starts whatever happens elsewhere, waits for the first task alone: the earliest success of all."""
    is_alone = task.upstream_task_ids == {first.task_id}
    if task.trigger_rule == "always" or is_alone:
        task.trigger_rule = type(task.trigger_rule)("all_success" if is_alone else "one_success")
