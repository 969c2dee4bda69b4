"""Rules for the names that end up in keys of a store, Python modules and tags; with the sentences of TypeScript."""

from __future__ import annotations

import keyword
import re
import unicodedata

from hermes_airflow.javascript import as_json, first_units, length, printable_line
from hermes_airflow.payload import KNOWN

LONGEST_ID = {"DAG": 248, "task": 247}
"""Airflow names folders of logs `dag_id=…` and `task_id=…`; a name in a file system has 255 bytes."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")


def id_problem(kind: str, name: str) -> str | None:
    """Why Hermes refuses the id of a task or a DAG; it stands in names that Databricks and Datadog must take."""
    if len(name) > LONGEST_ID[kind]:
        return f"The {kind} id has {len(name)} characters; at most {LONGEST_ID[kind]}."
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        return (
            f"The {kind} id {as_json(name)} is not allowed: letters, digits, "
            '"_", "-" and "." only, the last two not in front.'
        )
    if kind == "task" and name == KNOWN["pins_task_id"]:
        return f'The task id "{name}" is taken: Hermes gives it to the task that resolves versions.'
    return None


def project_problem(name: str) -> str | None:
    problem = script_problem(name)
    if problem is not None:
        return re.sub("^script", "project", problem)
    if name.replace("-", "_") not in KNOWN["python_modules"]:
        return None
    return f'project name "{name}" is the name of a module of Python; choose another. For example: my-{name}'


def script_problem(name: str) -> str | None:
    if problem := name_problem("script", name):
        return problem
    module = name.replace("-", "_")
    if keyword.iskeyword(module):
        return f'script name "{name}" is a Python keyword; choose another.'
    if module in KNOWN["reserved_names"]:
        return f'script name "{name}" is reserved; choose another.'
    return None


def name_problem(kind: str, name: str) -> str | None:
    if name == "":
        return f'{kind} name is empty; use lower-case letters, digits, "-" and "_".'
    if length(name) > 50:
        return f'{kind} name "{printable_line(first_units(name, 20))}…" has {length(name)} characters; at most 50.'
    if NAME.fullmatch(name):
        return None
    near = re.sub("[^a-z0-9_-]+", "-", unicodedata.normalize("NFKD", name.lower()))
    near = re.sub(r"^[^a-z]+|[-_]+\Z", "", near)
    near = re.sub(r"([-_])[-_]+", r"\1", near)
    hint = f" For example: {near}" if NAME.fullmatch(near) else ""
    return (
        f"{kind} name {printable_line(as_json(name))} is not allowed: it must start with a lower-case letter and hold only "
        f'lower-case letters, digits, and single "-" or "_" between them.{hint}'
    )
