"""`HermesOperator`: runs a published script of a team on a job cluster of its own."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator

from hermes_airflow.artifacts import AirflowFailException
from hermes_airflow.first_task import join_dag
from hermes_airflow.jinja_text import literal_text, user_text
from hermes_airflow.lookup import lookup_of
from hermes_airflow.mapped import HermesPartial
from hermes_airflow.options import plain_text_problem, require_known, require_sound, shown
from hermes_airflow.payload import connection_of, fill_payload
from hermes_airflow.tasks import (
    LINK_IS_READ_FROM_XCOM,
    POLLING_PERIOD_SECONDS,
    RunPageLink,
    prepare_run,
    require_artifacts,
)

# What the operator below takes beside the options of every task; all else of it is decided by Hermes.
OWN_OPTIONS = {"databricks_retry_limit", "databricks_retry_delay", "databricks_retry_args"}
BASE_OPTIONS = set(inspect.signature(DatabricksSubmitRunOperator.__init__).parameters)


class HermesOperator(DatabricksSubmitRunOperator):
    """
    Runs a published script of a team on a job cluster of its own: hides policy, access list, tags and versions.

    Beside these options it takes those of every operator: `task_id`, `retries`, `trigger_rule`, `pool`, ...

    :param team: pays for the run and sees its logs.
    :param project_name: a folder of the team's repository.
    :param script_name: script of the project; by default its name.
    :param script_version: `latest`, a version, or a branch such as `feature/my-branch` (development only).
    :param library_version: `none` for no wheel, or a version; by default the wheel of the same version as the script.
    :param parameters: arguments of the script: texts, in which Jinja may stand, or results of other tasks.
    :param use_data_sharing: in development, lets the script read the data of production.
    :param view_access_control_list: other groups that may see the run and its logs.
    :param timeout_seconds: ends the run on Databricks after this time.
    :param env: environment variables of the script.
    :param deferrable: waits in the triggerer, which takes no worker slot.
    :param polling_period_seconds: how often it is asked whether the run has ended.
    """

    if LINK_IS_READ_FROM_XCOM:
        operator_extra_links = (RunPageLink(),)

    def __init__(
        self,
        *,
        team: str,
        project_name: str,
        script_name: str | None = None,
        script_version: str | None = None,
        library_version: str | None = None,
        parameters: list | None = None,
        use_data_sharing: bool | None = None,
        view_access_control_list: list[str] | None = None,
        timeout_seconds: int | None = None,
        env: dict | None = None,
        deferrable: bool = True,
        polling_period_seconds: int = POLLING_PERIOD_SECONDS,
        **kwargs,
    ) -> None:
        options = {
            "team": team,
            "project_name": project_name,
            "script_name": script_name,
            "script_version": script_version,
            "library_version": library_version,
            "parameters": parameters,
            "use_data_sharing": use_data_sharing,
            "view_access_control_list": view_access_control_list,
            "timeout_seconds": timeout_seconds,
            "env": env,
        }
        refuse_unknown(kwargs)
        super().__init__(
            deferrable=deferrable,
            polling_period_seconds=polling_period_seconds,
            do_xcom_push=True,
            wait_for_termination=True,
            **kwargs,
        )
        # Defaults of the DAG that are meant for other operators of Databricks do not reach this request.
        for name in getattr(self, "_get_named_json_parameters", dict)():
            setattr(self, name, None)
        if not self.has_dag():
            raise ValueError(
                f"HermesOperator {self.task_id} has no DAG. Create it inside `with DAG(...)`, or pass dag=..."
            )
        is_mapped = self._BaseOperator__from_mapped
        require_sound(self.dag_id, self.task_id, without_texts(options) if is_mapped else options)
        self.hermes_options = options
        self.databricks_conn_id = connection_of(team)
        self.json = self.payload()
        join_dag(self.get_dag(), self, lookup_of(options), is_mapped=is_mapped)

    @classmethod
    def partial(cls, **kwargs) -> HermesPartial:
        refuse_unknown(kwargs)
        return HermesPartial.of(super().partial(**kwargs))

    def payload(self, from_data=frozenset()) -> dict:
        """The request. Options that came from the data of other tasks hold no Jinja, whatever stands in them."""
        dag = self.get_dag()

        def text(option: str, value):
            if isinstance(value, (list, tuple)):
                return [text(option, item) for item in value]
            if not isinstance(value, str):
                return value
            return literal_text(value) if option in from_data else user_text(value)

        return fill_payload(self.hermes_options, dag.dag_id, self.task_id, sorted(dag.tags or []), text)

    def _do_render_template_fields(self, parent, template_fields, context, jinja_env, seen_oids) -> None:
        # A mapped task tells here, and only here, which options are data: their ids are among those seen.
        from_data = {name for name, value in self.hermes_options.items() if id(value) in seen_oids}
        if from_data:
            self.json = self.payload(from_data)
        try:
            super()._do_render_template_fields(parent, template_fields, context, jinja_env, seen_oids)
        except Exception:
            require_artifacts(self, context)
            raise

    def pre_execute(self, context) -> None:
        super().pre_execute(context)
        task = self.json["tasks"][0]
        arguments, variables = task["spark_python_task"], task["new_cluster"]["spark_env_vars"]
        arguments["parameters"] = given_texts(f"{self.task_id}.parameters", arguments["parameters"])
        for name in self.hermes_options["env"] or {}:
            [variables[name]] = given_texts(f"{self.task_id}.env.{name}", [variables[name]])
        prepare_run(context)


def without_texts(options: dict) -> dict:
    """The options of one of many instances: whether its texts are data or Jinja is known when they are rendered."""
    env = options["env"]
    return {**options, "parameters": None, "env": dict.fromkeys(env, "") if isinstance(env, dict) else env}


def given_texts(name: str, values) -> list[str]:
    """The same with texts for numbers: what other tasks gave is known only when the task runs."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise AirflowFailException(f"{name} must be a list, not {shown(values)}.")
    for value in values:
        if not isinstance(value, (str, int, float)):
            raise AirflowFailException(f"{name} must be a text, not {shown(value)}.")
        if isinstance(value, str) and (problem := plain_text_problem(value)):
            raise AirflowFailException(f"{name}: {problem}")
    return [str(value) for value in values]


def refuse_unknown(kwargs: dict) -> None:
    """Refuses what nobody knows, and what would go round the policy, the access list or the versions."""
    own = set(inspect.signature(HermesOperator.__init__).parameters)
    known = own.union(*(inspect.signature(each.__init__).parameters for each in HermesOperator.mro()))
    require_known(kwargs, known=known, decided=BASE_OPTIONS - OWN_OPTIONS - own)
