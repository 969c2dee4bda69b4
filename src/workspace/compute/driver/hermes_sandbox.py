"""What a run may touch: two layers over its files.

The kernel's (landlock.py) holds for everything that the run starts. The layer of this module holds for Python code
only, also where the kernel has none, and says what to do instead.

The plan is a file of words that each end in NUL, in pairs of what and path:
    own         may be changed and read, also in a hidden folder: the run's own folder
    read        may be read, also in a hidden folder: the environment of the run
    write       may be changed and read, but for what is hidden: the Products zone, places for temporary files
    production  hidden, as data of production
    workspace   hidden, as what the workspace keeps
    zone        the Products zone, for messages
"""
import errno
import os
import sys

import landlock

CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Which arguments of an audit event are paths that it changes.
# https://docs.python.org/3/library/audit_events.html
CHANGING = {
    "os.chmod": (0,), "os.chown": (0,), "os.link": (1,), "os.mkdir": (0,), "os.remove": (0,), "os.rename": (0, 1),
    "os.rmdir": (0,), "os.symlink": (1,), "os.truncate": (0,), "os.utime": (0,), "shutil.rmtree": (0,),
}
CURES = {
    "production": "Data of production is read in development as a table by its prefix, as hermes_runtime.table(...) "
    "gives it, never by path",
    "workspace": "A run may not touch what the workspace keeps",
}


def enter(plan_file):
    """Puts this process, and all that it starts, into the sandbox."""
    plan = read_plan(plan_file)
    landlock.restrict(*rules_of(plan))
    sys.addaudithook(checked_by(plan))


def read_plan(plan_file):
    with open(plan_file, "rb") as file:
        words = os.fsdecode(file.read()).split("\0")
    plan = {"own": [], "write": [], "read": [], "production": [], "workspace": [], "zone": []}
    for what, path in zip(words[0:-1:2], words[1::2]):
        plan[what].append(os.path.realpath(path))
    return plan


def rules_of(plan):
    """The paths to allow: to write and to read."""
    hidden = plan["production"] + plan["workspace"]
    write = [path for root in plan["write"] for path in around(root, hidden)]
    readable = set(write)
    return plan["own"] + write, [path for path in around("/", hidden) if path not in readable] + plan["read"]


def around(root, hidden):
    """The root without what is hidden: the largest folders and files that hold nothing hidden."""
    if any(below(root, folder) for folder in hidden):
        return []
    inside = [folder for folder in hidden if below(folder, root)]
    if not inside:
        return [root]
    try:
        with os.scandir(root) as entries:
            # A link leads to a place that has its own rule; sockets and the like are not opened as files.
            names = [entry.path for entry in entries if is_plain(entry)]
    except OSError:
        return []
    roots = {next_step(root, folder) for folder in inside}
    found = [path for path in names if path not in roots]
    for path in roots:
        found += around(path, inside)
    return found


def is_plain(entry):
    return entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)


def below(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def next_step(root, folder):
    """The entry of root on the way to folder."""
    start = root.rstrip("/") + "/"
    return start + folder[len(start) :].split("/", 1)[0]


def checked_by(plan):
    """The audit hook: raises PermissionError for what the plan does not allow."""
    hidden = [(folder, kind) for kind in ("production", "workspace") for folder in plan[kind]]
    zone = plan["zone"][0] if plan["zone"] else None
    fsdecode, abspath, realpath = os.fsdecode, os.path.abspath, os.path.realpath

    def hidden_cure(full, exempt):
        for folder, kind in hidden:
            if below(full, folder) and not any(below(full, own) for own in exempt):
                return CURES[kind]
        return None

    def check_read(path):
        full = abspath(fsdecode(path))
        for folder, _kind in hidden:
            if full.startswith(folder):
                cure = hidden_cure(full, plan["own"] + plan["read"])
                if cure:
                    raise PermissionError(errno.EACCES, cure, full)
                return

    def check_change(path, follows_links):
        full = fsdecode(path)
        parent, name = os.path.split(full)
        full = realpath(full) if follows_links else os.path.join(realpath(parent), name)
        if any(below(full, own) for own in plan["own"]):
            return
        cure = hidden_cure(full, ())
        if cure is None:
            if any(below(full, folder) for folder in plan["write"]):
                return
            where = "its Products zone, %s (hermes_runtime.output_path(...))" % zone if zone else "no Products zone"
            cure = "A run writes to %s, its working folder and /tmp only" % where
        raise PermissionError(errno.EACCES, cure, full)

    def hook(event, arguments):
        if event == "open":
            path, _mode, flags = arguments
            if isinstance(path, int) or path is None:
                return
            if flags & CHANGES:
                check_change(path, True)
            else:
                check_read(path)
        elif event in CHANGING:
            for position in CHANGING[event]:
                if isinstance(arguments[position], (str, bytes)):
                    check_change(arguments[position], False)

    return hook
