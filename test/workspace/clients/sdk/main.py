"""Tries the workspace with databricks-sdk. Arguments: HOST TOKEN SCRIPT PROGRAM_ID SECRET
WHEEL STRANGER BAD_HOST BAD_TOKEN: the token of someone without rights, and the last two of a workspace where requests go wrong."""
import os
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

import identity
import limits
import machines
import refusals
import retries
import runs
import secrets_of
import shapes
import trees
import works
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from judge import Judge, arguments

given = arguments("host", "token", "script", "program_id", "secret", "wheel", "stranger", "bad_host", "bad_token")
judge = Judge("databricks-sdk")
shapes.watch(judge.shapes)
client = WorkspaceClient(
    config=Config(host=given["host"], token=given["token"], retry_timeout_seconds=5)
)

# The waiters sleep for a second and more between two looks.
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.05))

identity.signed_in(judge, client, given["host"], given["program_id"], given["secret"])
identity.policies(judge, client)
identity.people(judge, client)
runs.submitted(judge, client, given["script"])
runs.governed(judge, client, given["script"])
runs.saved(judge, client, given["script"])
machines.clusters(judge, client)
runs.paged(judge, client, given["script"])
trees.tree(judge, client)
trees.dbfs(judge, client)
trees.volumes(judge, client)
secrets_of.secrets(judge, client)
works.works(judge, client, given["wheel"])
limits.limits(judge, client, WorkspaceClient(host=given["host"], token=given["stranger"]), given["script"])
refusals.refusals(judge, client, given["script"])
bad = WorkspaceClient(host=given["bad_host"], token=given["bad_token"])
retries.retries(judge, bad, given["script"])
judge.report()
