"""Reads answers, one a line, by the types of databricks-sdk, and prints which fields they lost. Each line is [TYPE, ANSWER]."""
import json
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

import shapes
from databricks.sdk.service import jobs
from judge import Judge

judge = Judge("databricks-sdk")
shapes.watch(judge.shapes)
for line in sys.stdin:
    kind, answer = json.loads(line)
    value = getattr(jobs, kind).from_dict(answer).as_dict()
    if getattr(jobs, kind).from_dict(json.loads(json.dumps(value))).as_dict() != value:
        judge.shapes.append(f"{kind} is another after a round trip")
judge.report()
