"""Runs Apache Spark's Connect server on a free port of 127.0.0.1, limited to the folders it may touch.

Called as: full_server.py PLAN_FILE PORT_FILE, as sail_server.py; the plan's "command" starts the server.
"""
import ctypes
import json
import os
import re
import signal
import subprocess
import sys

_LISTENS = re.compile(r"Spark Connect server started at: \S*:(\d+)")

plan_file, port_file = sys.argv[1:3]
with open(plan_file, encoding="utf-8") as file:
    plan = json.load(file)

# Opened before the limits: it lies where the engine may not write.
answer = open(port_file, "w", encoding="utf-8")
sys.path.append(plan["launcher"])
from landlock import restrict  # noqa: E402


def leash():
    if plan["leashed"] and sys.platform.startswith("linux"):
        # PR_SET_PDEATHSIG: the engine ends with the server that started it, whatever ends that.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


leash()
is_enforced = restrict(plan["write"], plan["read"])
print("files are guarded by the kernel" if is_enforced else "this kernel guards no files", flush=True)
server = subprocess.Popen(plan["command"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=leash)
signal.signal(signal.SIGTERM, lambda *_: server.terminate())
for line in server.stdout:
    found = _LISTENS.search(line)
    if found and not answer.closed:
        print(found.group(1), file=answer, flush=True)
        answer.close()
    if answer.closed and " INFO " in line:
        continue
    print(line, end="", flush=True)
os._exit(server.wait() & 0xFF)
