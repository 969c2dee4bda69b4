"""What a real Airflow, of either major version, makes of DAGs in Python: a list of texts for each answer, with the facts of each."""

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout
sys.path.insert(0, sys.argv[1])

try:  # Airflow 3
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization as Serialization
except ImportError:  # Airflow 2
    from airflow.models.dagbag import DagBag
    from airflow.serialization.serialized_objects import SerializedDAG as Serialization


def load(text):
    folder = tempfile.mkdtemp()
    Path(folder, "dag.py").write_text(text)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        bag = DagBag(folder)
    error = next(iter(bag.import_errors.values()), None)
    if error is not None:
        # The end of a traceback: the lines of the message.
        lines = error.strip().split("\n")
        begin = max(index for index, line in enumerate(lines) if line[:1].isalpha() and "Error" in line.split(":")[0])
        return {"error": "\n".join(lines[begin:])}
    dag = next(iter(bag.dags.values()))
    read = Serialization.from_dict(json.loads(json.dumps(Serialization.to_dict(dag))))
    return {
        "warnings": [
            str(each.message) for each in seen if "hermes" in each.filename or each.filename.startswith(folder)
        ],
        "tags": sorted(read.tags),
        "tasks": {task.task_id: facts_of(task, dag.task_dict[task.task_id]) for task in read.tasks},
    }


def facts_of(task, built):
    return {
        "type": task.task_type,
        "upstream": sorted(task.upstream_task_ids),
        "rule": getattr(task.trigger_rule, "value", task.trigger_rule),
        "retries": task.retries,
        "owner": task.owner,
        "links": sorted(task.extra_links),
        "json": built._get_merged_json() if hasattr(built, "_get_merged_json") else getattr(built, "json", None),
        "connection": getattr(built, "databricks_conn_id", None),
        "requests": getattr(built, "requests", None),
    }


for line in sys.stdin:
    print(json.dumps([load(text) for text in json.loads(line)], default=str), file=answers, flush=True)
