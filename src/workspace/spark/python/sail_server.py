"""Runs the Sail engine on a free port of 127.0.0.1, limited to the folders it may touch.

Called as: sail_server.py PLAN_FILE PORT_FILE. The plan is JSON: {"write": [folder], "read": [folder] or null,
"launcher": the folder of landlock.py, "leashed": whether to end with the process that started it}. The port, as one line, is written once the engine answers.
"""
import ctypes
import json
import os
import signal
import sys

plan_file, port_file = sys.argv[1:3]
with open(plan_file, encoding="utf-8") as file:
    plan = json.load(file)

# Opened before the limits: it lies where the engine may not write.
answer = open(port_file, "w", encoding="utf-8")
sys.path.append(plan["launcher"])
from landlock import restrict  # noqa: E402

if plan["leashed"] and sys.platform.startswith("linux"):
    # PR_SET_PDEATHSIG: the engine ends with the server that started it, whatever ends that.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
# An interpreter of a virtual environment has its standard library elsewhere.
read = None if plan["read"] is None else [*plan["read"], sys.prefix, sys.base_prefix, sys.base_exec_prefix]
is_enforced = restrict(plan["write"], read)
print("files are guarded by the kernel" if is_enforced else "this kernel guards no files", flush=True)

from pysail.spark import SparkConnectServer  # noqa: E402

server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], file=answer, flush=True)
answer.close()
signal.sigwait({signal.SIGTERM, signal.SIGINT})
os._exit(0)
