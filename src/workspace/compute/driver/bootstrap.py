"""Runs a script as ``__main__`` and writes down how it ended.

Called as: bootstrap.py RESULT_FILE SCRIPT [ARGUMENT ...]
"""
import os
import sys


def write_result(path, text):
    with open(path + ".part", "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    os.replace(path + ".part", path)


def failure(error, trace):
    import json

    return json.dumps({"outcome": "failed", "error": error, "error_trace": trace})


def run(script):
    """Answers the exit code and the text of the result file."""
    name = os.path.basename(script)
    try:
        with open(script, "rb") as file:
            source = file.read()
        module = type(sys)("__main__")
        module.__file__ = script
        module.__builtins__ = __builtins__
        sys.modules["__main__"] = module
        # A bare file name keeps tracebacks readable: Python finds its lines by way of sys.path.
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as leaving:
        if leaving.code is None or leaving.code == 0:
            return 0, '{"outcome": "success"}'
        if not isinstance(leaving.code, int):
            print(leaving.code, file=sys.stderr)
        code = leaving.code if isinstance(leaving.code, int) else 1
        line = "SystemExit: %s" % (leaving.code,)
        return code, failure(line, line)
    except BaseException as error:
        import traceback

        # The first frame is this file's; what is left begins with the user's.
        frames = error.__traceback__.tb_next
        lines = traceback.format_exception(type(error), error, frames)
        last = traceback.format_exception_only(type(error), error)[-1].strip()
        try:
            sys.excepthook(type(error), error.with_traceback(frames), frames)
        except BaseException:
            sys.stderr.write("".join(lines))
        return 1, failure(last, "".join(lines))
    return 0, '{"outcome": "success"}'


def main():
    result, script = sys.argv[1:3]
    sys.argv[:] = sys.argv[2:]
    sys.path[0] = os.path.dirname(script)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    process = os.getpid()
    code, text = run(script)
    # A child that the script forked and let fall through must not speak for the driver.
    if os.getpid() == process:
        write_result(result, text)
    sys.exit(code)


main()
