"""SQL statements and warehouses by databricks-sdk. Arguments: HOST TOKEN."""
import os
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

import shapes
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service import sql
from judge import Judge, arguments

given = arguments("host", "token")
judge = Judge("databricks-sdk")
shapes.watch(judge.shapes)
client = WorkspaceClient(host=given["host"], token=given["token"])
statements = client.statement_execution


def ended(statement_id):
    while True:
        found = statements.get_statement(statement_id)
        if found.status.state not in (sql.StatementState.PENDING, sql.StatementState.RUNNING):
            return found
        time.sleep(0.05)


with judge.passed("warehouses", "list", "get"):
    (one,) = client.warehouses.list()
    assert client.warehouses.get(one.id).state == sql.State.RUNNING
    warehouse = one.id
with judge.passed("statement_execution", "execute_statement", "get_statement", "get_statement_result_chunk_n"):
    done = statements.execute_statement(
        statement="SELECT :n + 1 AS n, 'é' AS w, CAST(NULL AS STRING) AS z",
        warehouse_id=warehouse,
        parameters=[sql.StatementParameterListItem(name="n", value="41", type="INT")],
        wait_timeout="50s",
    )
    assert done.status.state == sql.StatementState.SUCCEEDED, done
    assert done.result.data_array == [["42", "é", None]], done.result
    assert [(c.name, c.type_name.value) for c in done.manifest.schema.columns] == [
        ("n", "INT"),
        ("w", "STRING"),
        ("z", "STRING"),
    ], done.manifest.schema
    assert statements.get_statement(done.statement_id).result.data_array == done.result.data_array
    assert statements.get_statement_result_chunk_n(done.statement_id, 0).data_array == done.result.data_array
with judge.passed("statement_execution", "execute_statement of wrong SQL"):
    failed = statements.execute_statement(statement="SELECT nothing FROM nowhere", warehouse_id=warehouse, wait_timeout="50s")
    assert failed.status.state == sql.StatementState.FAILED and "nowhere" in failed.status.error.message, failed
with judge.passed("statement_execution", "row_limit", "wait_timeout 0s"):
    limited = statements.execute_statement(
        statement="SELECT id FROM range(100)", warehouse_id=warehouse, row_limit=3, wait_timeout="0s"
    )
    limited = ended(limited.statement_id)
    assert limited.manifest.truncated and limited.manifest.total_row_count == 3, limited.manifest
with judge.passed("statement_execution", "cancel_execution"):
    long = "SELECT count(*) FROM range(2000000) a CROSS JOIN range(2000000) b WHERE (a.id * b.id) % 7 = 3"
    slow = statements.execute_statement(statement=long, warehouse_id=warehouse, wait_timeout="0s")
    statements.cancel_execution(slow.statement_id)
    assert ended(slow.statement_id).status.state == sql.StatementState.CANCELED
with judge.passed("statement_execution", "get_statement of no statement"):
    try:
        statements.get_statement("01f0-nothing")
        raise AssertionError("it is there")
    except NotFound:
        pass
judge.report()
