"""Opens Spark sessions on the tables of an environment, and refuses what they must not touch.

``install`` waits for the import of PySpark's Connect client, so a program without Spark pays nothing. What a session may
see comes as JSON in HERMES_SPARK: {name, products, isWritable, isStrict, databases, shared: [{prefix, folder}],
protected: [folder]}. The kernel guards the files (see sail_server.py); what is refused here is refused in clear words.
"""
import importlib.abc
import importlib.util
import json
import os
import sys

_SESSION = "pyspark.sql.connect.session"


def install(view_of=None):
    """Makes every session that is opened from here on one of the environment.

    ``view_of`` answers what the session that is being opened may see; without it, that is what HERMES_SPARK says.
    """
    if view_of is None:
        seen = json.loads(os.environ["HERMES_SPARK"])
        view_of = lambda: seen  # noqa: E731
    if _SESSION in sys.modules:
        _equip(view_of)
    else:
        sys.meta_path.insert(0, _AfterImport(lambda: _equip(view_of)))


class _AfterImport(importlib.abc.MetaPathFinder):
    """Does something once the session's module has been loaded."""

    def __init__(self, work):
        self.work = work

    def find_spec(self, name, path, target=None):
        if name != _SESSION:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                self.work()

            spec.loader.exec_module = exec_module
        return spec


def _equip(view_of):
    from pyspark.sql.connect import plan
    from pyspark.sql.connect.client import SparkConnectClient
    from pyspark.sql.connect.session import SparkSession

    from hermes_guard import Guard
    from hermes_tables import open_tables

    def opened(_answer, session):
        view = view_of()
        session.client._hermes_guard = Guard(view)
        open_tables(session, view)

    def read(_source, *given, **named):
        Guard(view_of()).check_source(*given, **named)

    _around(SparkSession, "__init__", opened, after=True)
    _around(plan.DataSource, "__init__", read)
    for name in ("execute_command", "execute_command_as_iterator"):
        _guard_commands(SparkConnectClient, name)
    handle = SparkConnectClient._handle_error

    def handle_error(client, error):
        try:
            handle(client, error)
        except Exception as raised:
            client._hermes_guard.explain(raised)
            raise

    SparkConnectClient._handle_error = handle_error


def _around(owner, name, work, after=False):
    original = getattr(owner, name)

    def method(self, *given, **named):
        if not after:
            work(self, *given, **named)
        answer = original(self, *given, **named)
        if after:
            work(answer, self)
        return answer

    method.__doc__, method.__name__ = original.__doc__, original.__name__
    setattr(owner, name, method)


def _guard_commands(client_type, name):
    original = getattr(client_type, name)

    def execute(client, command, *given, **named):
        if client._hermes_is_opening:
            return original(client, command, *given, **named)
        done = client._hermes_guard.admit(client, command)
        answer = original(client, command, *given, **named)
        done()
        return answer

    setattr(client_type, name, execute)
