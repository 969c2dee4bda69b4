"""What notebooks know as ``dbutils``: widgets, exit, secrets, files of the driver."""
import os
import shutil
import sys
from collections import namedtuple

FileInfo = namedtuple("FileInfo", "path name size modificationTime")

# Values that secrets were read as, the longest first.
_secret_values = []


def redacted(text):
    """The text without the secrets that were read."""
    for value in _secret_values:
        text = text.replace(value, "[REDACTED]")
    return text


class NotebookExit(BaseException):
    """Ends the notebook with success. No ``except Exception`` of the user stops it."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


class DBUtils:
    def __init__(self, plan):
        self.widgets = Widgets(plan["widgets"])
        self.secrets = Secrets(plan["host"], plan["token"])
        self.notebook = NotebookUtils()
        self.fs = FileSystem()
        self.library = Library()

    def __getattr__(self, name):
        raise NotImplementedError("There is no dbutils.%s here. There are: fs, library, notebook, secrets, widgets." % name)


class Widgets:
    """A value that the run gives wins over a widget's own."""

    def __init__(self, values):
        self._run = dict(values)
        self._here = {}
        self._defined = {}

    def given(self, values):
        self._here = dict(values)

    def _define(self, name, default):
        self._defined.setdefault(name, "" if default is None else str(default))

    def text(self, name, defaultValue="", label=None):
        self._define(name, defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def combobox(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def multiselect(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def get(self, name):
        for values in (self._here, self._run, self._defined):
            if name in values:
                return values[name]
        known = sorted({**self._defined, **self._run, **self._here})
        raise ValueError("No input widget named %s is defined. Defined: %s." % (name, ", ".join(known) or "none"))

    def getArgument(self, name, defaultValue=""):
        try:
            return self.get(name)
        except ValueError:
            return defaultValue

    def getAll(self):
        return {**self._defined, **self._run, **self._here}

    def remove(self, name):
        self._defined.pop(name, None)

    def removeAll(self):
        self._defined.clear()


class NotebookUtils:
    def exit(self, value=""):
        raise NotebookExit(redacted(str(value)))

    def run(self, path, timeout_seconds=0, arguments=None):
        raise NotImplementedError(
            "dbutils.notebook.run(%r) is not to be had here: use %%run, or a task of its own for that notebook." % path
        )


class Secrets:
    """Values come from the workspace for the run's creator, and are never printed."""

    def __init__(self, host, token):
        self._host = host
        self._token = token

    def get(self, scope, key):
        import base64

        value = base64.b64decode(self._ask("get", scope=scope, key=key)["value"]).decode("utf-8")
        if not isinstance(sys.stdout, Redacting):
            sys.stdout, sys.stderr = Redacting(sys.stdout), Redacting(sys.stderr)
        if value and value not in _secret_values:
            _secret_values.append(value)
            _secret_values.sort(key=len, reverse=True)
        return value

    def getBytes(self, scope, key):
        return self.get(scope, key).encode("utf-8")

    def list(self, scope):
        return [SecretMetadata(found["key"]) for found in self._ask("list", scope=scope).get("secrets", [])]

    def listScopes(self):
        return [SecretScope(found["name"]) for found in self._ask("scopes/list").get("scopes", [])]

    def _ask(self, name, **query):
        import json
        import urllib.error
        import urllib.parse
        import urllib.request

        url = "%s/api/2.0/secrets/%s?%s" % (self._host, name, urllib.parse.urlencode(query))
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + self._token})
        # The workspace is on this machine: a proxy of the cluster's variables does not lead to it.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise RuntimeError(_message(error.read())) from None


SecretMetadata = namedtuple("SecretMetadata", "key")
SecretScope = namedtuple("SecretScope", "name")


def _message(body):
    import json

    try:
        reply = json.loads(body)
        return "%s: %s" % (reply["error_code"], reply["message"])
    except (ValueError, KeyError, TypeError):
        return "The workspace did not answer as expected."


class Redacting:
    """A stream without the secrets that were read."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        self._stream.write(redacted(text))
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


class Library:
    def restartPython(self):
        """Libraries of ``%pip install`` are there before the first cell, so nothing has to be started anew."""


class FileSystem:
    """Files of the driver's own disk: ``file:/…`` and plain paths."""

    def ls(self, path):
        folder = _local(path)
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else [os.path.basename(folder)]
        root = folder if os.path.isdir(folder) else os.path.dirname(folder)
        return [_info(os.path.join(root, name)) for name in names]

    def head(self, path, maxBytes=65536):
        with open(_local(path), "rb") as file:
            return file.read(maxBytes).decode("utf-8", "replace")

    def put(self, path, contents, overwrite=False):
        with open(_local(path), "w" if overwrite else "x", encoding="utf-8") as file:
            file.write(contents)
        return True

    def mkdirs(self, path):
        os.makedirs(_local(path), exist_ok=True)
        return True

    def cp(self, source, target, recurse=False):
        start, end = _local(source), _local(target)
        if os.path.isdir(start) and not recurse:
            raise IsADirectoryError("%s is a folder: give recurse=True." % source)
        shutil.copytree(start, end, dirs_exist_ok=True) if os.path.isdir(start) else shutil.copy(start, end)
        return True

    def mv(self, source, target, recurse=False):
        shutil.move(_local(source), _local(target))
        return True

    def rm(self, path, recurse=False):
        place = _local(path)
        if not os.path.lexists(place):
            return False
        if not os.path.isdir(place):
            os.remove(place)
        elif recurse:
            shutil.rmtree(place)
        else:
            os.rmdir(place)
        return True


def _local(path):
    text = str(path)
    if text.startswith("file:"):
        return "/" + text[5:].lstrip("/")
    if text.startswith(("dbfs:", "/Volumes/", "/Workspace/")) or "://" in text:
        raise NotImplementedError("dbutils.fs knows files of the driver here (file:/tmp/x), not %s." % text)
    return text


def _info(path):
    status = os.stat(path)
    is_folder = os.path.isdir(path)
    name = os.path.basename(path) + ("/" if is_folder else "")
    return FileInfo("file:" + path, name, 0 if is_folder else status.st_size, int(status.st_mtime * 1000))
