"""What Airflow 2 makes of a build: a smaller sister of airflow_oracle.py, with the same answers."""

import json
import os
import sys
import warnings

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

from airflow.models.dagbag import DagBag
from airflow.serialization.serialized_objects import SerializedDAG


def main(question):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        bag = DagBag(question["build"], include_examples=False)
    ours = [
        str(warning.message)
        for warning in seen
        if warning.filename.startswith(question["build"])
    ]
    known = {
        "import_errors": bag.import_errors,
        # The provider warns at the line that calls it.
        "warnings": {
            "": ours
            + [str(each.message) for each in seen if "durable" in str(each.message)]
        },
        "dags": [facts_of(dag) for dag in bag.dags.values()],
    }
    return known


def facts_of(dag):
    read = SerializedDAG.from_dict(json.loads(json.dumps(SerializedDAG.to_dict(dag))))
    return {
        "dag_id": read.dag_id,
        "tags": sorted(read.tags),
        "doc_md": read.doc_md,
        "description": read.description,
        "owner": read.owner,
        "timezone": read.timezone.name,
        "schedule": read.timetable.summary,
        "tasks": [
            {
                "task_id": task.task_id,
                "type": task.task_type,
                "pool": task.pool,
                "retries": task.retries,
                "trigger_rule": str(task.trigger_rule),
                "upstream": sorted(task.upstream_task_ids),
                "links": sorted(task.extra_links),
                "json": getattr(dag.task_dict[task.task_id], "json", None),
            }
            for task in read.tasks
        ],
    }


for line in sys.stdin:
    print(json.dumps(main(json.loads(line))), file=answers, flush=True)
