"""Loads two builds of the same DAGs in the real Airflow and prints the ids of those that Airflow would store differently, or whose artifacts differ."""

import inspect
import json
import os
import sys

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.serialization.serialized_objects import DagSerialization  # noqa: E402

PLACES = ("fileloc", "relative_fileloc", "_processor_dags_folder")


def stored(folder):
    sys.path.append(folder)  # as Airflow does for the root of a bundle
    bag = DagBag(folder)
    assert not bag.import_errors, bag.import_errors
    assert not bag.captured_warnings, bag.captured_warnings
    return {dag_id: plain(DagSerialization.to_dict(dag), requests(dag)) for dag_id, dag in bag.dags.items()}


def requests(dag):
    """What `resolve_artifacts` looks up: the function keeps it to itself."""
    if not dag.has_task("resolve_artifacts"):
        return None
    [known] = inspect.getclosurevars(dag.get_task("resolve_artifacts").python_callable).nonlocals.values()
    return known


def plain(known, requests):
    for place in PLACES:
        known["dag"].pop(place, None)
    known["dag"]["tasks"].sort(key=lambda task: task["__var"]["task_id"])
    return json.dumps([known, requests], sort_keys=True)


first, second = (stored(folder) for folder in sys.argv[1:])
different = [dag_id for dag_id in first.keys() | second.keys() if first.get(dag_id) != second.get(dag_id)]
for dag_id in different[:3]:
    print(dag_id, first.get(dag_id), second.get(dag_id), sep="\n", file=sys.stderr)
json.dump({"dags": sorted(first), "different": different}, answer)
answer.close()
