"""Calls the PEP 517 hooks of one project. Runs in the project's copy, inside its build environment.

Arguments: the back end, its path entries as JSON, the packages of get_requires_for_build_wheel that are installed
as JSON, the folder for the wheel, the file for the answer. The answer is one of
{"wheel": name}, {"missing": [packages]}, {"noBackend": module}, {"failure": [lines]}.
"""

import importlib
import json
import os
import stat
import sys
import traceback


def main(backend_name, backend_path, installed, out):
    # A wheel carries the modes of its files, and those come from the umask of whoever made the copy.
    os.umask(0o022)
    set_modes(os.getcwd())
    backend_path = [os.path.abspath(entry) for entry in json.loads(backend_path)]
    sys.path[:0] = backend_path
    module, _, attributes = backend_name.partition(":")
    try:
        backend = importlib.import_module(module)
    except ModuleNotFoundError as error:
        parents = module.split(".")
        if error.name in [".".join(parents[: end + 1]) for end in range(len(parents))]:
            return {"noBackend": error.name}
        raise
    if backend_path and not is_below(getattr(backend, "__file__", None) or "", backend_path):
        raise ImportError(f"{module} was not found in backend-path but in {backend.__file__}")
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)
    requires = getattr(backend, "get_requires_for_build_wheel", lambda config_settings=None: [])()
    missing = [package for package in requires if package not in json.loads(installed)]
    return {"missing": missing} if missing else {"wheel": backend.build_wheel(out)}


def set_modes(folder):
    for parent, folders, files in os.walk(folder):
        os.chmod(parent, 0o755)
        if ".git" in folders:
            folders.remove(".git")
        for name in files:
            path = os.path.join(parent, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                os.chmod(path, 0o755 if mode & stat.S_IXUSR else 0o644)


def is_below(path, folders):
    return any(os.path.abspath(path).startswith(folder + os.sep) for folder in folders)


def lines_of(error):
    """What the error says, then the project's own code that it went through, innermost first."""
    if isinstance(error, SystemExit):
        said = str(error.code)
    elif isinstance(error, SyntaxError):
        said = f"SyntaxError: {error.msg} ({place_of(error.filename, error.lineno)})"
    else:
        said = f"{type(error).__name__}: {error}"
    frames = [
        f"    {place_of(frame.filename, frame.lineno)}  in {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__))
        if place_of(frame.filename, frame.lineno)
    ]
    return [line for line in said.splitlines() if line.strip()] + frames


def place_of(file, line):
    """File and line in the project; None for code of others."""
    # setuptools hands the text of setup.py on without its name.
    if file == "<string>" and os.path.exists("setup.py"):
        file = "setup.py"
    if file is None or not os.path.exists(file) or not is_below(file, [os.getcwd()]):
        return None
    return f"{os.path.relpath(file)}:{line}"


*arguments, answer = sys.argv[1:]
del sys.path[0]  # The folder of this file: a back end must not find it.
try:
    result = main(*arguments)
except KeyboardInterrupt:
    raise
except BaseException as error:
    result = {"failure": lines_of(error)}
with open(answer, "w", encoding="utf-8") as file:
    json.dump(result, file)
sys.exit("failure" in result)
