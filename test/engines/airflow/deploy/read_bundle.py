"""Reads a DAG bundle of Airflow as its DAG processor does: one question a line, one answer a line."""

import json
import os
import sys

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

from airflow._shared.module_loading import import_string  # noqa: E402
from airflow.dag_processing.dagbag import DagBag  # noqa: E402

bundles = {}
for line in sys.stdin:
    question = json.loads(line)
    name = question["name"]
    if name in bundles:
        bundles[name].refresh()
    else:
        bundles[name] = import_string(question["classpath"])(name=name, **question["kwargs"])
        bundles[name].initialize()
    bag = DagBag(bundles[name].path, bundle_name=name)
    dags = {dag_id: dag.doc_md for dag_id, dag in bag.dags.items()}
    answers.write(json.dumps({"dags": dags, "errors": bag.import_errors}) + "\n")
    answers.flush()
