"""Plans tasks as the Python operator does, without Airflow: a list of {dag_id, task_id, tags, options} on stdin."""

import json
import sys

import own_modules  # noqa: F401
from hermes_airflow.jinja_text import user_text
from hermes_airflow.lookup import branch_slug, lookup_of, version_text
from hermes_airflow.names import id_problem
from hermes_airflow.options import OPTIONS, option_problems, sentence
from hermes_airflow.payload import connection_of, fill_payload


def text(_option, value):
    return [user_text(item) for item in value] if isinstance(value, list) else user_text(value)


def plan(case):
    options = {name: case["options"].get(name) for name in OPTIONS}
    problems = [sentence(case["task_id"], problem) for problem in option_problems(options)]
    ids = [id_problem("DAG", case["dag_id"]), id_problem("task", case["task_id"])]
    if problems or any(ids):
        return {"problems": problems, "ids": [problem for problem in ids if problem]}
    return {
        "json": fill_payload(options, case["dag_id"], case["task_id"], case["tags"], text),
        "databricks_conn_id": connection_of(options["team"]),
        "request": lookup_of(options),
    }


asked = json.load(sys.stdin)
json.dump(
    {
        "plans": [plan(case) for case in asked["cases"]],
        "versions": [version_text(each) for each in asked["versions"]],
        "branches": [branch_slug(each) for each in asked["branches"]],
    },
    sys.stdout,
)
