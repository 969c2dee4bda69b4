"""Executes SQL statements on Spark engines; kept warm by the workspace.

One JSON object per line comes on stdin: {"op": "execute", "id", "remote", "view", "sql", "parameters", "schema",
"rowLimit", "byteLimit", "maximumBytes", "format", "folder"} or {"op": "cancel", "id"}. Answers go to stdout, one line
each: {"id", "state": "SUCCEEDED", "manifest"} or {"id", "state": "FAILED", "code", "message"}. The rows lie in
files of the folder, one for each chunk. The worker ends with its stdin.
"""
import json
import os
import sys
import threading

import hermes_spark
from hermes_results import TooLarge, column, write_chunks
from hermes_sql_errors import message_of, refuse_empty
from hermes_sql_text import Statement

_out = threading.Lock()
# The view of the session that a thread is opening.
_thread = threading.local()
_going = {}
_cancelled = set()


def answer(message):
    with _out:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def execute(asked):
    try:
        answer({"id": asked["id"], "state": "SUCCEEDED", "manifest": run(asked)})
    except TooLarge as error:
        answer(failure(asked, "BAD_REQUEST", str(error)))
    except PermissionError as error:
        answer(failure(asked, "BAD_REQUEST", f"[INSUFFICIENT_PERMISSIONS] {error}"))
    except Exception as error:
        answer(failure(asked, "BAD_REQUEST", message_of(error, asked["sql"])))
    finally:
        _going.pop(asked["id"], None)
        _cancelled.discard(asked["id"])


def failure(asked, code, message):
    return {"id": asked["id"], "state": "FAILED", "code": code, "message": message}


def run(asked):
    from pyspark.sql.connect.session import SparkSession

    refuse_empty(Statement(asked["sql"]))
    _thread.view = asked["view"]
    session = SparkSession.builder.remote(asked["remote"]).create()
    # A stream that is left early would lock PySpark's releasing of it for good.
    session.client._use_reattachable_execute = False
    try:
        _going[asked["id"]] = session
        if asked["id"] in _cancelled:
            raise RuntimeError("The statement was cancelled.")
        if asked.get("schema"):
            session.catalog.setCurrentDatabase(asked["schema"])
        frame = session.sql(asked["sql"], {each["name"]: parameter(each) for each in asked["parameters"]})
        frame = as_databricks_has_it(frame, asked["sql"])
        if asked.get("rowLimit") is not None:
            frame = frame.limit(asked["rowLimit"] + 1)
        schema = frame.schema
        columns = [column(index, field) for index, field in enumerate(schema.fields)]
        return {"columns": columns, **write_chunks(batches_of(frame), schema, asked)}
    finally:
        session.interruptAll()
        session.stop()


def as_databricks_has_it(frame, sql):
    """What the engine answers to commands, in the columns of Databricks: none, or the number of changed rows."""
    head = Statement(sql).word(0)
    if frame.columns == ["value"] and head in {"CREATE", "DROP", "ALTER", "USE", "REPLACE"}:
        return frame.drop("value").limit(0)
    if frame.columns == ["count"] and head in {"INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "TRUNCATE", "WITH"}:
        return frame.toDF("num_affected_rows")
    return frame


def batches_of(frame):
    """Record batches as the engine sends them, never all at once."""
    query = frame._plan.to_proto(frame._session.client)
    for each in frame._session.client.to_table_as_iterator(query, {}):
        if hasattr(each, "to_batches"):
            yield from each.to_batches()


def parameter(given):
    from pyspark.sql.connect import functions

    value = functions.lit(given.get("value"))
    kind = given.get("type") or "STRING"
    return value.cast("void" if kind.upper() == "VOID" else kind)


def cancel(identity):
    _cancelled.add(identity)
    session = _going.get(identity)
    if session is not None:
        session.interruptAll()


def main():
    hermes_spark.install(lambda: _thread.view)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["op"] == "cancel":
            threading.Thread(target=cancel, args=(asked["id"],), daemon=True).start()
        else:
            threading.Thread(target=execute, args=(asked,), daemon=True).start()
    os._exit(0)


main()
