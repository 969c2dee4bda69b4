"""Checks the options of a task as Hermes checks those of its DAG files, with the same sentences."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

from jinja2 import Environment, TemplateSyntaxError

from hermes_airflow.javascript import SPACES, as_json, first_units, length, trimmed
from hermes_airflow.jinja_text import spelled_out, with_secrets
from hermes_airflow.lookup import version_text
from hermes_airflow.names import id_problem, name_problem, project_problem, script_problem

# A mistake: where it stands in the options, and the end of a sentence that begins with that place.
Problem = tuple[tuple[object, ...], str]

MOST_PARAMETER_BYTES = 10_000
"""https://docs.databricks.com/api/workspace/jobs/runnow: parameters are ASCII, at most 10,000 bytes as JSON."""

LARGEST_INTEGER = 2**53 - 1
JINJA = Environment()


def require_sound(dag_id: str, task_id: str, options: dict[str, object]) -> None:
    """Refuses options with mistakes, with all of them at once."""
    found = [id_problem("DAG", dag_id), id_problem("task", task_id)]
    found += [sentence(task_id, problem) for problem in option_problems(options)]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise ValueError("\n".join(problems))


def require_known(options: dict, *, known: set[str], decided: set[str]) -> None:
    """Refuses an option that no operator has, or that Hermes decides."""
    task_id = options.get("task_id", "HermesOperator")
    for name in options:
        if name in decided:
            raise TypeError(f"{task_id}.{name} is refused: Hermes decides it. Leave it out.")
        if name not in known and not name.startswith("_"):
            near = difflib.get_close_matches(name, sorted(known - {"self", "kwargs"}), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise TypeError(f"{task_id}.{name} is not an option of HermesOperator.{hint}")


def option_problems(options: dict[str, object]) -> Iterator[Problem]:
    """Every mistake, but for values that other tasks give: they are known only when the task runs."""
    missing = [name for name in ("team", "project_name") if options.get(name) is None]
    yield from (((name,), " is missing.") for name in missing)
    for name, check in CHECKS.items():
        value = options.get(name)
        if value is None or (name == "parameters" and is_later(value)):
            continue
        for path, text in check(value):
            yield (name, *path), text


def is_later(value: object) -> bool:
    """The result of another task, or a parameter of the DAG (Airflow's `ResolveMixin`, whose home moves)."""
    return callable(getattr(value, "iter_references", None))


def sentence(task_id: str, problem: Problem) -> str:
    path, text = problem
    return f"{'.'.join(str(part) for part in (task_id, *path))}{text}" if text[0] in ": " else text


# Kinds of values


def a_text(problem: Callable[[str], str | None]):
    def check(value):
        if not isinstance(value, str):
            yield (), wrong_type("a text", value)
        elif message := problem(value):
            yield (), f": {message}"

    return check


def a_list(check_item, check_all=lambda _: None, *, may_wait=False):
    def check(value):
        if not isinstance(value, (list, tuple)):
            yield (), wrong_type("a list", value)
            return
        for index, item in enumerate(value):
            if not (may_wait and is_later(item)):
                for path, text in check_item(item):
                    yield (index, *path), text
        if all(isinstance(item, str) for item in value) and (message := check_all(value)):
            yield (), f": {message}"

    return check


def a_block(key_problem, check_value):
    def check(value):
        if not isinstance(value, dict):
            yield (), wrong_type("a block of keys", value)
            return
        for key, item in value.items():
            if message := key_problem(key):
                yield (key,), message
            elif not is_later(item):
                for path, text in check_value(item):
                    yield (key, *path), text

    return check


def a_boolean(value):
    if not isinstance(value, bool):
        yield (), wrong_type("true or false", value)


def a_positive_integer(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield (), wrong_type("a number", value)
    elif value != int(value):
        yield (), wrong_type("a whole number", value)
    elif value <= 0:
        yield (), f" = {as_json(value)} is too small: more than 0."
    elif value > LARGEST_INTEGER:
        yield (), f" = {as_json(value)} is too big: at most {LARGEST_INTEGER}."


def wrong_type(expected: str, value: object) -> str:
    return f" must be {expected}, not {shown(value)}."


def shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "a block of keys"
    text = as_json(value) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
    return f"{first_units(text, 57)}…" if length(text) > 60 else text


# Versions


def version_problem(text: str) -> str | None:
    """A version, `latest`, or a branch as git allows it (https://git-scm.com/docs/git-check-ref-format)."""
    wrong = f"{as_json(text)} is no version and no name of a branch"
    if "{{" in text:
        return f"{wrong}: a template cannot stand here, since versions are resolved before the first task."
    refused = re.search(rf"[{SPACES}\x00-\x1f\x7f-\x9f~^:?*\[\\]", text)
    if refused:
        return f"{wrong}: git refuses {as_json(refused[0])} in it."
    strange = re.search(r"\.\.|^[-/]|[/.]\Z|\.lock\Z|//|@\{", text)
    return f"{wrong}." if text == "" or length(text) > 250 or strange else None


def library_problem(text: str) -> str | None:
    if text == "none" or version_text(text) is not None:
        return None
    return f"{as_json(text)} is neither none nor a version. Leave it out for the wheel that belongs to the script."


# Texts


def parameter_problem(text: str) -> str | None:
    """https://docs.databricks.com/aws/en/security/secrets/secrets-spark-conf-env-var"""
    if re.search(rf"\{{\{{[{SPACES}]*secrets/", text):
        return (
            f"{as_json(text)} is refused: Databricks fills in a secret in environment variables only. "
            "Put it under env, and read it in the script."
        )
    return text_problem(text)


def text_problem(text: str) -> str | None:
    return plain_text_problem(text) or template_problem(text)


def plain_text_problem(text: str) -> str | None:
    strange = re.search(r"[^\t\n\r\x20-\x7e]", text)
    if strange:
        return f"{as_json(strange[0])} is refused: Databricks takes ASCII only. Pass such a text in a file."
    if "[object Object]" in text:
        return (
            f"{as_json(text)} holds an object. A table() stands alone, an element of its own: ['--source', table('…')]."
        )
    if text.endswith(".json-tpl"):
        return (
            f"{as_json(text)} is refused: Airflow reads a text that ends in .json-tpl as the name of a template file."
        )
    return None


def template_problem(text: str) -> str | None:
    if "{" not in text:
        return None
    reason = syntax_problem(spelled_out(with_secrets(text)))
    return reason and f"Cannot render the template {as_json(text)}: {reason}"


# What TypeScript reads otherwise than Jinja is refused here as there: a DAG means the same in both.
RAW_PARTS = re.compile(
    r"\{#[\s\S]*?#\}|(\{%[-+]?\s*raw\s*[-+]?%\}(?:[\s\S]*?\{%[-+]?\s*endraw\s*[-+]?%\})?)"
    r"|\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}"
)
PLAIN_RAW = re.compile(r"\{%\s*raw\s*%\}((?!\{%\s*raw\s*%\})[\s\S])*\{%\s*endraw\s*%\}")


def syntax_problem(template: str) -> str | None:
    raws = [part[1] for part in RAW_PARTS.finditer(template) if part[1]]
    if not all(map(PLAIN_RAW.fullmatch, raws)):
        return 'a raw block is written {% raw %}…{% endraw %}, without "-" and without another one in it.'
    # Of a comment that begins at the very end Jinja says nothing, and drops it.
    if template.endswith(("{#", "{#-")):
        return "Missing end of comment tag"
    try:
        JINJA.parse(template)
        return None
    except TemplateSyntaxError as error:
        return error.message


def parameters_problem(parameters: list[str]) -> str | None:
    size = len(as_json(list(parameters)).encode())
    if size <= MOST_PARAMETER_BYTES:
        return None
    return (
        f"{size} bytes as JSON are too many; Databricks takes at most {MOST_PARAMETER_BYTES}. "
        "Put large values into a file (hermes upload)."
    )


def group_problem(group: str) -> str | None:
    if trimmed(group) != group or group == "":
        return f"{as_json(group)} is no name of a group."
    if re.fullmatch(r"[^{}%\x00-\x1f\x7f-\x9f]{1,255}", group):
        return None
    return f"{as_json(group)} is no name of a group: at most 255 characters, without {{, }} and %."


def variable_problem(name: object) -> str | None:
    if not isinstance(name, str) or not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        return f'{as_json(name)} is no name of an environment variable: letters, digits and "_", not a digit first.'
    if name.startswith(("HERMES_", "DD_")):
        return f"The environment variable {name} is refused: Hermes sets those that begin with HERMES_ and DD_."
    return None


CHECKS = {
    "team": a_text(lambda name: name_problem("team", name)),
    "project_name": a_text(project_problem),
    "script_name": a_text(script_problem),
    "script_version": a_text(version_problem),
    "library_version": a_text(library_problem),
    "parameters": a_list(a_text(parameter_problem), parameters_problem, may_wait=True),
    "use_data_sharing": a_boolean,
    "view_access_control_list": a_list(a_text(group_problem)),
    "timeout_seconds": a_positive_integer,
    "env": a_block(variable_problem, a_text(text_problem)),
}

OPTIONS = tuple(CHECKS)
