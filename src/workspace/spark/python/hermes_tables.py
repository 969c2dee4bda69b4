"""The tables of a zone: folders ``<zone>/<database>/<table>`` that hold a Delta log."""
import json
import os
import re
import sys

_NAME = re.compile(r"[a-z0-9_]+", re.ASCII)
# So far back a log is searched for the schema; a table that is longer unchanged opens without it.
_COMMITS = 100
# A dead engine is told from a slow one within seconds; PySpark's own patience is ten minutes.
_RETRIES = {"max_retries": 6, "initial_backoff": 50, "max_backoff": 2000, "backoff_multiplier": 4}


def open_tables(session, view):
    """Registers what the view shows in a session that was just opened: catalogs of the engine live as long as it."""
    client = session.client
    client._hermes_session = session
    client._hermes_is_opening = True
    try:
        _be_impatient(client)
        is_full = view.get("engine") == "full"
        if not is_full:
            session.conf.set("spark.sql.sources.default", "delta")
        session.conf.set("spark.sql.session.timeZone", "UTC")
        products = view.get("products")
        if products:
            if not is_full:
                session.conf.set("spark.sql.warehouse.dir", products)
                session.sql("DROP DATABASE IF EXISTS default")
            for database in sorted({"default", *view.get("databases", []), *_entries(products)}):
                _open_database(session, database, os.path.join(products, database), is_full)
        for shared in view.get("shared", []):
            for database in _entries(shared["folder"]):
                name = shared["prefix"] + database
                _open_database(session, name, os.path.join(shared["folder"], database), is_full)
    finally:
        client._hermes_is_opening = False


def _open_database(session, name, folder, is_full):
    session.sql(f"CREATE DATABASE IF NOT EXISTS {quoted(name)} LOCATION {text(folder)}")
    tables = _entries(folder)
    # The full engine remembers tables for all of its sessions: those that another engine dropped are forgotten here.
    known = [row.tableName for row in session.sql(f"SHOW TABLES IN {quoted(name)}").collect()] if is_full else []
    for table in known:
        if table not in tables:
            session.sql(f"DROP TABLE IF EXISTS {quoted(name)}.{quoted(table)}")
    for table in tables:
        place = os.path.join(folder, table)
        kind = table_format(place)
        if kind is not None and table not in known:
            _open_table(session, f"{quoted(name)}.{quoted(table)}", kind, place, is_full)


def _open_table(session, name, kind, place, is_full):
    """Sail's DESCRIBE knows the columns that are given here only; either engine reads the table by its own log."""
    reasons = []
    for columns in dict.fromkeys(("" if is_full else _columns(place), "")):
        try:
            session.sql(f"CREATE TABLE IF NOT EXISTS {name} {columns} USING {kind} LOCATION {text(place)}")
            return
        except Exception as error:
            reasons.append(str(error).strip().split("\n")[0])
    print(f"Table {name} cannot be opened [folder={place}]: {reasons[-1]}", file=sys.stderr)


def _columns(place):
    from pyspark.sql.types import StructType

    try:
        schema = schema_of(place)
        fields = [] if schema is None else StructType.fromJson(schema).fields
    except Exception:
        return ""
    described = [
        f"{quoted(field.name)} {field.dataType.simpleString()}"
        + ("" if field.nullable else " NOT NULL")
        + (f" COMMENT {text(field.metadata['comment'])}" if field.metadata.get("comment") else "")
        for field in fields
    ]
    return f"({', '.join(described)})" if described else ""


def schema_of(place):
    """The schema of a Delta table as JSON, by its log; None when the newest commits do not say it."""
    log = os.path.join(place, "_delta_log")
    commits = sorted((name for name in os.listdir(log) if re.fullmatch(r"\d{20}\.json", name)), reverse=True)
    for name in commits[:_COMMITS]:
        with open(os.path.join(log, name), encoding="utf-8") as file:
            for line in file:
                if line.startswith('{"metaData"'):
                    return json.loads(json.loads(line)["metaData"]["schemaString"])
    return None


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
