"""Mapped tasks: `HermesOperator.partial(...).expand(parameters=...)`."""

from __future__ import annotations

from collections.abc import Iterator

from hermes_airflow.first_task import FIXED, join_dag
from hermes_airflow.lookup import lookup_of
from hermes_airflow.options import OPTIONS, require_sound

try:  # Airflow 3
    from airflow.sdk.definitions.mappedoperator import OperatorPartial
except ImportError:  # Airflow 2
    from airflow.models.mappedoperator import OperatorPartial


class HermesPartial(OperatorPartial):
    """What `HermesOperator.partial(...)` answers: its `expand` joins the DAG as the operator itself does."""

    @classmethod
    def of(cls, partial: OperatorPartial) -> HermesPartial:
        partial._expand_called = True
        return cls(operator_class=partial.operator_class, kwargs=partial.kwargs, params=partial.params)

    def _expand(self, expand_input, *, strict: bool):
        self._expand_called = True
        mapped = expand_input.value if isinstance(expand_input.value, dict) else {}
        for name in FIXED:
            if name in mapped:
                raise ValueError(
                    f"{self.kwargs['task_id']}.{name} cannot be mapped: versions are resolved once, before the first "
                    "task. Make a task for each."
                )
        task = super()._expand(expand_input, strict=strict)
        options = shared_options(task)
        for each in written_options(mapped, options):
            require_sound(task.dag.dag_id, task.task_id, each)
        join_dag(task.dag, task, lookup_of(options), is_mapped=False)
        return task


def written_options(mapped: dict, shared: dict) -> Iterator[dict]:
    """The options that stand in the DAG file: those that all instances share, with those that are listed for each."""
    yield shared
    for name in OPTIONS:
        if isinstance(mapped.get(name), (list, tuple)):
            yield from ({**shared, name: value} for value in mapped[name])


def shared_options(task) -> dict:
    """What all instances of the task have in common, defaults of the DAG and of its groups included."""
    defaults = dict(task.dag.default_args)
    groups, group = [], task.task_group
    while group is not None:
        groups.insert(0, getattr(group, "default_args", None) or {})
        group = group.parent_group
    for each in groups:
        defaults.update(each)
    given = {**defaults, **task.partial_kwargs}
    return {name: given.get(name) for name in OPTIONS}
