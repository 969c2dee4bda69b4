"""Runs one task and writes down how it ended.

Called as: python -S bootstrap.py RESULT_FILE SANDBOX_FILE KIND TARGET [ARGUMENT ...]

SANDBOX_FILE says what the task may touch (see hermes_sandbox.py). KIND and TARGET are one of
    script    the Python file, run as ``__main__``
    wheel     the package; the first argument is its entry point
    notebook  a JSON file that says which notebook, see hermes_notebook.py
"""
import os
import sys

# With -S nothing of the task has run so far: packages may bring code that runs when they are found (.pth files,
# sitecustomize). Until the sandbox is entered, modules come from Python itself and from beside this file only.
DRIVER = os.path.dirname(os.path.abspath(__file__))
if sys.path[:1] != [DRIVER]:
    # PYTHONSAFEPATH is set.
    sys.path.insert(0, DRIVER)
GIVEN_PATHS = os.environ.get("PYTHONPATH", "")
GIVEN = sys.path[1 : 1 + len(GIVEN_PATHS.split(os.pathsep))] if GIVEN_PATHS else []
sys.path[1 : 1 + len(GIVEN)] = []

SUCCESS = '{"outcome": "success"}'


def write_result(path, text):
    with open(path + ".part", "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    os.replace(path + ".part", path)


def failure(error, trace):
    import json

    secrets = sys.modules.get("hermes_dbutils")
    clean = secrets.redacted if secrets else str
    return json.dumps({"outcome": "failed", "error": clean(error), "error_trace": clean(trace)})


def users_frames(frames):
    """The frames from the first one that is not of a file beside this one."""
    while frames is not None and os.path.dirname(frames.tb_frame.f_code.co_filename) == DRIVER:
        frames = frames.tb_next
    return frames


def judged(work):
    """Does the work; answers the exit code and the text of the result file."""
    try:
        return 0, work() or SUCCESS
    except SystemExit as leaving:
        if leaving.code is None or leaving.code == 0:
            return 0, SUCCESS
        if not isinstance(leaving.code, int):
            print(leaving.code, file=sys.stderr)
        code = leaving.code if isinstance(leaving.code, int) else 1
        line = "SystemExit: %s" % (leaving.code,)
        return code, failure(line, line)
    except BaseException as error:
        import traceback

        frames = users_frames(error.__traceback__)
        lines = traceback.format_exception(type(error), error, frames)
        last = traceback.format_exception_only(type(error), error)[-1].strip()
        try:
            sys.excepthook(type(error), error.with_traceback(frames), frames)
        except BaseException:
            sys.stderr.write("".join(lines))
        return 1, failure(last, "".join(lines))


def run_script(script):
    with open(script, "rb") as file:
        source = file.read()
    module = type(sys)("__main__")
    module.__file__ = script
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    # A bare file name keeps tracebacks readable: Python finds its lines by way of sys.path.
    exec(compile(source, os.path.basename(script), "exec", dont_inherit=True), module.__dict__)


def script_work(script):
    sys.argv[:] = [script, *sys.argv[5:]]
    sys.path[0] = os.path.dirname(script)
    return lambda: run_script(script)


def wheel_work(package):
    entry_point = sys.argv[5]
    sys.argv[:] = [package, *sys.argv[6:]]

    def work():
        from hermes_wheel import run_entry_point

        # The task sees its own folder there, as with python -m.
        sys.path[0] = os.getcwd()
        run_entry_point(package, entry_point)

    return work


def notebook_work(plan):
    def work():
        from hermes_notebook import run_notebook

        sys.path[0] = os.getcwd()
        return run_notebook(plan)

    return work


WORK = {"script": script_work, "wheel": wheel_work, "notebook": notebook_work}


def wait_for_word(begun):
    """Waits until the workspace has this process on record, and leaves nothing on standard input."""
    word = os.read(0, 1)
    if not word:
        os._exit(1)
    os.close(os.open(begun, os.O_WRONLY | os.O_CREAT, 0o600))
    leash = os.dup(0) if word == b"l" else None
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if leash is not None:
        import signal
        import threading

        def end_with_workspace():
            os.read(leash, 1)
            os.killpg(0, signal.SIGKILL)

        threading.Thread(target=end_with_workspace, daemon=True).start()


def enter_sandbox(plan):
    """Enters it, and then finds packages as Python does at its start without -S."""
    from hermes_sandbox import enter

    enter(plan)
    sys.path[1:1] = GIVEN
    import site

    site.main()


def reach_spark():
    """Puts Spark's modules behind all others, and lets sessions open on the run's tables."""
    folders = os.environ.pop("HERMES_SPARK_MODULES", "")
    if not folders:
        return
    sys.path += folders.split(os.pathsep)
    import hermes_spark

    hermes_spark.install()


def main():
    result, sandbox, kind, target = sys.argv[1:5]
    wait_for_word(os.path.join(os.path.dirname(result), "begun"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    enter_sandbox(sandbox)
    reach_spark()
    process = os.getpid()
    code, text = judged(WORK[kind](target))
    # A child that the script forked and let fall through must not speak for the driver.
    if os.getpid() == process:
        write_result(result, text)
    sys.exit(code)


main()
