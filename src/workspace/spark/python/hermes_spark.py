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


def install(view=None):
    """Makes every session that is opened from here on one of the environment. @param view As HERMES_SPARK, parsed."""
    seen = view or json.loads(os.environ["HERMES_SPARK"])
    if _SESSION in sys.modules:
        _equip(seen)
    else:
        sys.meta_path.insert(0, _AfterImport(lambda: _equip(seen)))


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


def _equip(view):
    from pyspark.sql.connect import plan
    from pyspark.sql.connect.client import SparkConnectClient
    from pyspark.sql.connect.session import SparkSession

    from hermes_guard import Guard
    from hermes_tables import open_tables

    guard = Guard(view)
    _around(SparkSession, "__init__", lambda made, session: open_tables(session, view), after=True)
    _around(plan.DataSource, "__init__", lambda source, *given, **named: guard.check_source(*given, **named))
    for name in ("execute_command", "execute_command_as_iterator"):
        _guard_commands(SparkConnectClient, name, guard)
    handle = SparkConnectClient._handle_error

    def handle_error(client, error):
        try:
            handle(client, error)
        except Exception as raised:
            guard.explain(raised)
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


def _guard_commands(client_type, name, guard):
    original = getattr(client_type, name)

    def execute(client, command, *given, **named):
        if getattr(client, "_hermes_is_opening", False):
            return original(client, command, *given, **named)
        done = guard.admit(client, command)
        answer = original(client, command, *given, **named)
        done()
        return answer

    setattr(client_type, name, execute)
