"""Reads what a folder of compiled DAGs in Python says without running it: each file must hold calls of ours and literals.

Prints, for each DAG, the arguments of those calls.
"""

import ast
import json
import sys
from pathlib import Path

CALLS = {"cron", "moment", "timedelta", "Callback"}


def read(file):
    title, *imports, block = ast.parse(file.read_text(encoding="utf-8")).body
    assert isinstance(title, ast.Expr) and isinstance(title.value.value, str), file
    assert all(isinstance(one, ast.ImportFrom) for one in imports), file
    assert isinstance(block, ast.With) and len(block.items) == 1, file
    known = {"dag": arguments(block.items[0].context_expr, "DAG"), "tasks": {}, "upstream": {}}
    for statement in block.body:
        if isinstance(statement, ast.Assign):
            [target] = statement.targets
            call = statement.value
            if call.func.id == "resolve_artifacts":
                known["artifacts"] = target.id
                known["requests"] = arguments(call, "resolve_artifacts")[""][0]
            else:
                known["tasks"][target.id] = arguments(call, "submit_run")
        else:
            order = statement.value
            assert isinstance(order, ast.BinOp) and isinstance(order.op, ast.RShift), file
            before = order.left.elts if isinstance(order.left, ast.List) else [order.left]
            known["upstream"].setdefault(order.right.id, []).extend(one.id for one in before)
    return known


def arguments(call, name):
    assert isinstance(call, ast.Call) and call.func.id == name, name
    named = {keyword.arg: value(keyword.value) for keyword in call.keywords}
    return {**({"": [value(one) for one in call.args]} if call.args else {}), **named}


def value(node):
    if isinstance(node, ast.Call) and node.func.id in CALLS:
        return {node.func.id: arguments(node, node.func.id)}
    if isinstance(node, ast.List):
        return [value(one) for one in node.elts]
    return ast.literal_eval(node)


folder = Path(sys.argv[1])
files = [file for file in folder.glob("*.py") if not file.name.startswith("hermes_tasks_")]
json.dump({file.name: read(file) for file in files}, sys.stdout)
