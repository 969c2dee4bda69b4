"""The tables of a zone: folders ``<zone>/<database>/<table>`` that hold a Delta log."""
import os
import re
import sys

_NAME = re.compile(r"[a-z0-9_]+", re.ASCII)
# A dead engine is told from a slow one within seconds; PySpark's own patience is ten minutes.
_RETRIES = {"max_retries": 6, "initial_backoff": 50, "max_backoff": 2000, "backoff_multiplier": 4}


def open_tables(session, view):
    """Registers what the view shows in a session that was just opened: catalogs of the engine live as long as it."""
    client = session.client
    client._hermes_session = session
    client._hermes_is_opening = True
    try:
        _be_impatient(client)
        session.conf.set("spark.sql.sources.default", "delta")
        session.conf.set("spark.sql.session.timeZone", os.environ.get("HERMES_TIME_ZONE", "UTC"))
        products = view.get("products")
        if products:
            session.conf.set("spark.sql.warehouse.dir", products)
            session.sql("DROP DATABASE IF EXISTS default")
            for database in sorted({"default", *view.get("databases", []), *_entries(products)}):
                _open_database(session, database, os.path.join(products, database))
        for shared in view.get("shared", []):
            for database in _entries(shared["folder"]):
                _open_database(session, shared["prefix"] + database, os.path.join(shared["folder"], database))
    finally:
        client._hermes_is_opening = False


def _open_database(session, name, folder):
    session.sql(f"CREATE DATABASE IF NOT EXISTS {quoted(name)} LOCATION {text(folder)}")
    for table in _entries(folder):
        place = os.path.join(folder, table)
        kind = table_format(place)
        if kind is None:
            continue
        try:
            session.sql(f"CREATE TABLE {quoted(name)}.{quoted(table)} USING {kind} LOCATION {text(place)}")
        except Exception as error:
            reason = str(error).strip().split("\n")[0]
            print(f"Table {name}.{table} cannot be opened [folder={place}]: {reason}", file=sys.stderr)


def table_format(folder):
    """``delta`` or ``parquet``; None for a folder that is no table."""
    if os.path.isdir(os.path.join(folder, "_delta_log")):
        return "delta"
    try:
        with os.scandir(folder) as entries:
            return "parquet" if any(entry.name.endswith(".parquet") for entry in entries) else None
    except OSError:
        return None


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def text(value):
    """A value as a text of SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _entries(folder):
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _NAME.fullmatch(entry.name) and entry.is_dir())
    except OSError:
        return []


def _be_impatient(client):
    try:
        from pyspark.sql.connect.client.retries import DefaultPolicy

        client.set_retry_policies([DefaultPolicy(**_RETRIES)])
    except (ImportError, AttributeError, TypeError):
        pass
