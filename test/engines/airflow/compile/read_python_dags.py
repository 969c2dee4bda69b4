"""Reads what a folder of compiled DAGs in Python says without running it: each file must hold calls of ours and literals.

Prints, for each file, the id of its DAG and the calls that make its tasks.
"""

import ast
import json
import sys
from pathlib import Path

VALUES = {"artifact_lookup", "cron", "moment", "timedelta", "Callback"}
TASKS = {"run_script", "run_job", "submit_run"}
NAMES = {"dag", "TAGS"}


def read(file):
    title, *before, block = ast.parse(file.read_text(encoding="utf-8")).body
    assert isinstance(title, ast.Expr) and isinstance(title.value.value, str), file
    for one in before:
        if isinstance(one, ast.Assign):
            assert [target.id for target in one.targets] == ["TAGS"], file
            ast.literal_eval(one.value)
        else:
            assert isinstance(one, ast.ImportFrom), file
    assert isinstance(block, ast.With) and len(block.items) == 1, file
    known = {"dag": require_call(block.items[0].context_expr, {"DAG"}).args[0].value, "calls": {}}
    names = set()
    for statement in block.body:
        if isinstance(statement, ast.Assign):
            [target] = statement.targets
            assert target.id not in names | NAMES, file
            names.add(target.id)
            call = require_call(statement.value, {*TASKS, "resolve_artifacts_of"})
            known["calls"][target.id] = call.func.id
        else:
            order = statement.value
            assert isinstance(order, ast.BinOp) and isinstance(order.op, ast.RShift), file
            left = order.left.elts if isinstance(order.left, ast.List) else [order.left]
            assert {one.id for one in [*left, order.right]} <= names, file
    return known


def require_call(node, allowed):
    assert isinstance(node, ast.Call) and node.func.id in allowed, ast.dump(node)
    for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
        require_value(value)
    return node


def require_value(node):
    if isinstance(node, ast.Call):
        require_call(node, VALUES)
    elif isinstance(node, ast.Name):
        assert node.id in NAMES, node.id
    elif isinstance(node, ast.List):
        for one in node.elts:
            require_value(one)
    else:
        ast.literal_eval(node)


folder = Path(sys.argv[1])
files = [file for file in folder.glob("*.py") if not file.name.startswith("hermes_tasks_")]
json.dump({file.name: read(file) for file in files}, sys.stdout)
