"""What a run may touch: two layers over its files.

The kernel's (landlock.py) holds for everything that the run starts. The layer of this module holds for Python code
only, also where the kernel has none, and says what to do instead.

The plan is a file of words that each end in NUL, in pairs of what and path:
    own         may be changed and read, also in a hidden folder: the run's own folder
    read        may be read, also in a hidden folder: the environment of the run
    write       may be changed and read, but for what is hidden or kept: the Products zone, devices
    temporary   the same, unless it holds something that is hidden or kept: then it may be read only
    production  hidden, as data of production
    workspace   hidden, as what the workspace keeps
    kept        may be read, and not changed
    zone        the Products zone, for messages
"""
import errno
import os
import stat
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
    "kept": "A run may read this, and not change it: artifacts, uploads and the like come here by Hermes' commands",
}
PLAN = ("own", "write", "temporary", "read", "production", "workspace", "kept", "zone")


def enter(plan_file):
    """Puts this process, and all that it starts, into the sandbox."""
    plan = read_plan(plan_file)
    write = places_to_write(plan)
    landlock.restrict(plan["own"] + write, places_to_read(plan, write))
    sys.addaudithook(checked_by(plan, set(write)))


def read_plan(plan_file):
    with open(plan_file, "rb") as file:
        words = os.fsdecode(file.read()).split("\0")
    plan = {what: [] for what in PLAN}
    for what, path in zip(words[0:-1:2], words[1::2]):
        plan[what].append(os.path.realpath(path))
    return plan


def places_to_write(plan):
    """The folders and files that may be changed, beside the run's own."""
    closed = plan["production"] + plan["workspace"] + plan["kept"]
    shut = shut_places(plan)
    found = []
    for root in plan["write"]:
        found += around(root, closed + [path for path in shut if below(path, root)])
    return found + [path for path in plan["temporary"] if path not in shut]


def shut_places(plan):
    """The places for temporary files that hold something of Hermes: its home is made there in tests and in CI."""
    closed = plan["production"] + plan["workspace"] + plan["kept"]
    return [path for path in plan["temporary"] if any(below(folder, path) for folder in closed)]


def places_to_read(plan, write):
    known = set(write)
    hidden = plan["production"] + plan["workspace"]
    return [path for path in around("/", hidden) if path not in known] + plan["read"]


def around(root, hidden):
    """The root without what is hidden: the largest folders, files and devices that hold nothing hidden."""
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
    if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
        return True
    return not entry.is_symlink() and stat.S_ISCHR(entry.stat(follow_symlinks=False).st_mode)


def below(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def next_step(root, folder):
    """The entry of root on the way to folder."""
    start = root.rstrip("/") + "/"
    return start + folder[len(start) :].split("/", 1)[0]


def checked_by(plan, write):
    """The audit hook: raises PermissionError for what the plan, or the set of places to write, does not allow."""
    hidden = [(folder, kind) for kind in ("production", "workspace") for folder in plan[kind]]
    closed = hidden + [(folder, "kept") for folder in plan["kept"]]
    shut = shut_places(plan)
    fsdecode, abspath, realpath = os.fsdecode, os.path.abspath, os.path.realpath

    def cure_of(full, folders):
        return next((CURES[kind] for folder, kind in folders if below(full, folder)), None)

    def may_be_changed(full):
        place = full
        while place not in write:
            parent = os.path.dirname(place)
            if parent == place:
                return False
            place = parent
        return True

    def check_read(path):
        full = abspath(fsdecode(path))
        for folder, _kind in hidden:
            if full.startswith(folder):
                cure = cure_of(full, hidden)
                if cure and not any(below(full, own) for own in plan["own"] + plan["read"]):
                    raise PermissionError(errno.EACCES, cure, full)
                return

    def check_change(path, follows_links):
        full = fsdecode(path)
        parent, name = os.path.split(full)
        full = realpath(full) if follows_links else os.path.join(realpath(parent), name)
        if any(below(full, own) for own in plan["own"]):
            return
        cure = cure_of(full, closed)
        if cure is None and may_be_changed(full):
            return
        raise PermissionError(errno.EACCES, cure or elsewhere(plan, shut, full), full)

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


def elsewhere(plan, shut, full):
    """Where a run writes instead."""
    zone = plan["zone"][0] if plan["zone"] else None
    places = "its Products zone, %s (hermes_runtime.output_path(...))" % zone if zone else "no Products zone"
    temporary = "the folder of tempfile.gettempdir()" if shut else "/tmp"
    place = next((place for place in shut if below(full, place)), None)
    reason = ": %s is closed to it, for data of Hermes lies there" % place if place else ""
    return "A run writes to %s, its working folder and %s only%s" % (places, temporary, reason)
