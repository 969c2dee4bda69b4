"""The body of `runs/submit`: the one that Hermes plans in TypeScript, whose template is `payload.json`, filled in."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

KNOWN = json.loads(Path(__file__).with_name("payload.json").read_text("utf-8"))

LONGEST_TAG = 200
LONGEST_TASK_KEY = 100


def fill_payload(options: dict, dag_id: str, task_id: str, dag_tags: Iterable[str], text: Callable) -> dict:
    """What a task submits. `text` makes templates of the user's texts."""
    tags = own_tags(dag_tags)
    team = options["team"]
    holes = {
        "team": team,
        "team_name": team.replace("-", "_"),
        "project": options["project_name"],
        "dag": dag_id,
        "dag_tag": tag_value("dag", dag_id),
        "task": task_id,
        "task_tag": tag_value("task", task_id),
        "task_key": task_key(task_id),
        "own_tags": "".join(f",{key}:{value}" for key, value in tags.items()),
    }
    body = changed(copy.deepcopy(KNOWN["body"]), options)
    body = map_texts(body, lambda known: re.sub("<<(.*?)>>", lambda hole: holes[hole[1]], known))
    task = body["tasks"][0]
    cluster = task["new_cluster"]
    cluster["custom_tags"].update(tags)
    variables = {name: text("env", value) for name, value in (options["env"] or {}).items()}
    cluster["spark_env_vars"] = {**variables, **cluster["spark_env_vars"]}
    task["spark_python_task"]["parameters"] = text("parameters", options["parameters"] or [])
    viewers = dict.fromkeys(options["view_access_control_list"] or [])
    body["access_control_list"] += [
        {"group_name": group, "permission_level": "CAN_VIEW"} for group in viewers if group != team
    ]
    if options["timeout_seconds"] is not None:
        body["timeout_seconds"] = options["timeout_seconds"]
    return map_texts(body, no_file)


def connection_of(team: str) -> str:
    return f"{{{{ var.json.hermes_{team.replace('-', '_')}.databricks_conn_id }}}}"


def changed(body: dict, options: dict) -> dict:
    """The body as two of the options change it."""
    wishes = {
        "no_wheel": options["library_version"] == "none",
        "no_data_sharing": options["use_data_sharing"] is False,
    }
    for name, change in KNOWN["changes"].items():
        if wishes[name]:
            *way, last = change["path"]
            place = body
            for step in way:
                place = place[step]
            place[last] = copy.deepcopy(change["value"])
    return body


def map_texts(value, change: Callable[[str], str]):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [map_texts(item, change) for item in value]
    if isinstance(value, dict):
        return {key: map_texts(item, change) for key, item in value.items()}
    return value


def no_file(text: str) -> str:
    """Airflow opens a template that ends in `.json-tpl` as a file."""
    return text + "{{ '' }}" if text.endswith(".json-tpl") else text


def task_key(task_id: str) -> str:
    """A task id as a key of Databricks: letters, digits, `-` and `_`; a long one keeps a hash of the whole."""
    clean = re.sub("[^A-Za-z0-9_-]", "_", task_id)
    if len(clean) <= LONGEST_TASK_KEY:
        return clean
    digest = hashlib.sha256(task_id.encode()).hexdigest()[:8]
    return f"{clean[: LONGEST_TASK_KEY - 9]}_{digest}"


# Tags, in the one form that Airflow, a cluster, the bill and Datadog keep unchanged


def own_tags(texts: Iterable[str]) -> dict[str, str]:
    """Tags `key:value` of the DAG that may stand beside those of Hermes."""
    return dict(tag for tag in map(parse_tag, texts) if tag is not None and may_stand(*tag))


def parse_tag(text: str) -> tuple[str, str] | None:
    key, colon, value = text.partition(":")
    if not colon:
        return None
    key = re.sub("^[^a-z]+", "", tag_text(key))
    return f"x_{key}" if key in KNOWN["platform_tags"] else key, tag_text(value)


def may_stand(key: str, value: str) -> bool:
    taken = key in KNOWN["own_tags"] or key in KNOWN["refused_tags"]
    return key != "" and value != "" and not taken and len(f"{key}:{value}") <= LONGEST_TAG


def tag_text(text: str) -> str:
    """No accents, lower case, `_` for what is left over, once in a row and not at the end."""
    if re.fullmatch(r"(?:[a-z0-9\-./:]|_(?!_))*[a-z0-9\-./]", text):
        return text
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter)[0] != "M")
    return re.sub(r"[_:]+\Z", "", re.sub("_{2,}", "_", re.sub(r"[^a-z0-9_\-:./]+", "_", plain.lower())))


def tag_value(key: str, text: str) -> str:
    """An id as a tag: what is too long keeps a hash of the whole, so that ids stay apart."""
    value = tag_text(text)
    room = LONGEST_TAG - len(key) - 1
    if len(value) <= room:
        return value
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{tag_text(value[: room - 9])}_{digest}"
