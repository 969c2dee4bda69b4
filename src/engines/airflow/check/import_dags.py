"""Loads a build as Airflow's DAG processor does, and says what Airflow thinks of it. Reads a file of JSON, prints one object."""

import json
import os
import sys

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

from airflow import __version__  # noqa: E402
from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.serialization.serialized_objects import DagSerialization  # noqa: E402

CONTEXT = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"


def main(question):
    """Asks for the build in `folder`; `dags` says which file each DAG is in."""
    bag = DagBag(question["folder"], bundle_name="dags-folder")
    problems = []
    for path, text in bag.import_errors.items():
        name = os.path.basename(path)
        ids = [dag_id for dag_id, file in question["dags"].items() if file == name]
        problems += broken_dags(path, ids) or [{"file": name, "dag": None, "text": text}]
    for path, texts in bag.captured_warnings.items():
        problems += [{"file": os.path.basename(path), "dag": None, "text": f"warning: {text}"} for text in texts]
    for dag_id, dag in bag.dags.items():
        try:
            DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
        except Exception as error:
            problems.append({"file": os.path.basename(dag.fileloc), "dag": dag_id, "text": str(error)})
    json.dump({"airflow": __version__, "dags": sorted(bag.dags), "problems": problems}, answer)
    answer.close()


def broken_dags(path, ids):
    """Those of a file that cannot be loaded each by itself, as a task start would."""
    found = []
    for dag_id in ids:
        os.environ[CONTEXT] = dag_id
        try:
            errors = DagBag(path, bundle_name="dags-folder").import_errors
        finally:
            del os.environ[CONTEXT]
        found += [{"file": os.path.basename(path), "dag": dag_id, "text": text} for text in errors.values()]
    return found


with open(sys.argv[1], encoding="utf-8") as asked:
    main(json.load(asked))
