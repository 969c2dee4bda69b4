"""What a session may read and write, checked before the engine is asked."""
import json
import os
import shutil
from urllib.parse import unquote, urlsplit

from hermes_sql_text import Name, Statement
from hermes_tables import quoted, text

_LACKING = {"OPTIMIZE", "VACUUM", "RESTORE", "MSCK", "ANALYZE", "CACHE", "UNCACHE"}


class Guard:
    def __init__(self, view):
        self.view = view
        self.products = view.get("products")
        self.is_full = view.get("engine") == "full"

    def admit(self, client, command):
        """Refuses a command or rewrites it in place; answers what is to be done once it has succeeded."""
        kind = command.WhichOneof("command_type")
        if kind == "sql_command":
            return self._admit_sql(client, command.sql_command)
        if kind == "write_operation":
            written = command.write_operation
            if written.WhichOneof("save_type") == "table":
                self.check_table(_name(written.table.table_name))
            elif written.path:
                self.check_write(written.path)
        elif kind == "write_operation_v2":
            self.check_table(_name(command.write_operation_v2.table_name))
        elif kind == "merge_into_table_command":
            self.check_table(_name(command.merge_into_table_command.target_table_name))
        elif kind == "write_stream_operation_start":
            stream = command.write_stream_operation_start
            if stream.table_name:
                self.check_table(_name(stream.table_name))
            elif stream.path:
                self.check_write(stream.path)
        return _nothing

    def _admit_sql(self, client, command):
        holder = command.input.sql if command.input.WhichOneof("rel_type") == "sql" else None
        sql = holder.query if holder is not None else command.sql
        statement = Statement(sql)
        targets = statement.targets()
        for kind, name in targets:
            (self.check_table if kind == "table" else self.check_database)(name)
        for path in statement.read_paths():
            self.check_read(path)
        location = statement.location()
        if location is not None:
            self.check_write(location)
        fitting = self._fitting(client, statement)
        if fitting != sql:
            if holder is not None:
                holder.query = fitting
            else:
                command.sql = fitting
        return self._after(client, statement, targets)

    def _fitting(self, client, statement):
        """The statement in the words of the engine; databases get their place below the zone."""
        if statement.word(0) == "CREATE" and statement.word(1) in {"DATABASE", "SCHEMA"} and self.products:
            name = statement.name_at(statement.after_options(2))
            if name is not None and statement.location() is None:
                return statement.insert(name.after, f"LOCATION {text(os.path.join(self.products, name.parts[-1]))}")
        if self.is_full:
            return statement.without_truncate()
        return self._in_words_of_sail(client, statement)

    def _in_words_of_sail(self, client, statement):
        is_detail = statement.word(0) in {"DESCRIBE", "DESC"} and statement.word(1) == "DETAIL"
        if statement.word(0) in _LACKING or is_detail:
            what = "DESCRIBE DETAIL" if is_detail else statement.word(0)
            raise NotImplementedError(
                f"{what} is not known to the embedded Spark engine. Start the workspace with the full "
                "engine (hermes workspace start --spark full), or leave it out on this machine."
            )
        if statement.word(0) in {"DESCRIBE", "DESC"} and statement.word(1) == "HISTORY":
            name = statement.name_at(2)
            folder = None if name is None else self._folder(client, name)
            return statement.sql if folder is None else _history(folder)
        return statement.in_engines_words()

    def _after(self, client, statement, targets):
        """Makes the folder of a database, and removes those of what was dropped: the next session finds both by them."""
        if statement.word(0) == "CREATE" and targets and targets[0][0] == "database":
            made = self._below(targets[0][1].parts[-1])
            return _nothing if made is None else lambda: os.makedirs(made, exist_ok=True)
        if statement.word(0) != "DROP" or not targets or statement.word(1) == "VIEW":
            return _nothing
        kind, name = targets[0]
        if kind == "table" and len(name.parts) == 1:
            self._check_prefix(client._hermes_session.catalog.currentDatabase(), name.parts[0])
        folder = self._folder(client, name) if kind == "table" else self._below(name.parts[-1])
        return _nothing if folder is None else lambda: shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, client, name):
        parts = self._local(name)
        if len(parts) > 2:
            return None
        database, table = parts if len(parts) == 2 else (client._hermes_session.catalog.currentDatabase(), parts[0])
        for shared in self.view.get("shared", []):
            if database.lower().startswith(shared["prefix"]):
                return os.path.join(shared["folder"], database[len(shared["prefix"]) :], table)
        return self._below(database, table)

    def _below(self, *parts):
        if not self.products or any("/" in part or part in ("", ".", "..") for part in parts):
            return None
        folder = os.path.join(self.products, *parts)
        return None if os.path.islink(folder) else folder

    def _local(self, name):
        parts = name.parts
        return parts[1:] if len(parts) == 3 and parts[0] == self.view["name"] else parts

    def check_table(self, name):
        """@throws PermissionError for a table that is not the session's to change"""
        self._check_writable(".".join(name.parts))
        path = name.path()
        if path is not None:
            self.check_write(path)
            return
        parts = self._local(name)
        if len(parts) >= 2:
            self._check_prefix(parts[-2], ".".join(parts[-2:]))

    def check_database(self, name):
        self._check_writable(name.parts[-1])
        self._check_prefix(name.parts[-1], name.parts[-1])

    def _check_writable(self, what):
        if not self.view.get("isWritable", True):
            raise PermissionError(
                f"Cannot change {what}: you may only read {self.view['name']} here. Its tables are written by runs."
            )

    def _check_prefix(self, database, what):
        for shared in self.view.get("shared", []):
            if database.lower().startswith(shared["prefix"]):
                raise PermissionError(
                    f"Cannot change {what}: it belongs to production, {shared['prefix']} is the read prefix of "
                    f"{self.view['name']}. Write a table of your own: {what[len(shared['prefix']):]}."
                )

    def check_write(self, path):
        """@throws PermissionError for a path outside of the Products zone"""
        self._check_writable(path)
        folder = _local_path(path)
        if folder is None or (self.products and _is_below(folder, self.products)):
            return
        where = self.products or "which this session has none of"
        raise PermissionError(
            f"Cannot write to {path}: it is not below the Products zone, {where}. "
            "Write a table, or give a path of hermes_runtime.output_path()."
        )

    def check_source(self, format=None, schema=None, options=None, paths=None, *rest, **named):
        for path in [*(paths or []), *([options["path"]] if options and "path" in options else [])]:
            self.check_read(path)

    def check_read(self, path):
        """@throws PermissionError for files of production and of the workspace itself"""
        folder = _local_path(path)
        if folder is None:
            return
        for shared in self.view.get("shared", []):
            if _is_below(folder, shared["folder"]):
                raise PermissionError(
                    f"Cannot read {path}: production is read by its tables, with the prefix {shared['prefix']}."
                )
        own = self.products is not None and _is_below(folder, self.products)
        hidden = any(_is_below(folder, place) for place in self.view.get("protected", []))
        if not own and (hidden or self.view.get("isStrict", False)):
            raise PermissionError(f"Cannot read {path}: it is not below the Products zone, {self.products}.")

    def explain(self, error):
        """Says in our words that the kernel kept the engine from a file."""
        said = str(error)
        if "Permission denied" in said or "os error 13" in said:
            raise PermissionError(
                f"The engine may write below the Products zone of {self.view['name']} only, {self.products}: "
                + said.strip().split("\n")[0]
            ) from error


def _nothing():
    return None


def _name(given):
    statement = Statement(given)
    return statement.name_at(0) or Name([given], 0, 1)


def _local_path(path):
    parts = urlsplit(path)
    if parts.scheme == "file":
        return unquote(parts.path)
    return None if parts.scheme else path


def _is_below(path, folder):
    real, base = os.path.realpath(path), os.path.realpath(folder)
    return os.path.isabs(path) and (real == base or real.startswith(base + os.sep))


def _history(folder):
    rows = []
    log = os.path.join(folder, "_delta_log")
    commits = sorted(name for name in os.listdir(log) if name.endswith(".json") and name[:-5].isdigit())
    for name in reversed(commits):
        with open(os.path.join(log, name), encoding="utf-8") as file:
            actions = [json.loads(line) for line in file if line.strip()]
        commit = next((action["commitInfo"] for action in actions if "commitInfo" in action), {})
        at = commit.get("timestamp") or os.stat(os.path.join(log, name)).st_mtime * 1000
        operation = commit.get("operation", "UNKNOWN")
        parameters = commit.get("operationParameters", {})
        pairs = ", ".join(f"{text(key)}, {text(str(value))}" for key, value in sorted(parameters.items()))
        rows.append(
            f"(CAST({int(name[:-5])} AS BIGINT), timestamp_millis({int(at)}), {text(operation)}, "
            f"{f'map({pairs})' if pairs else 'CAST(NULL AS MAP<STRING, STRING>)'})"
        )
    columns = ", ".join(map(quoted, ("version", "timestamp", "operation", "operationParameters")))
    return f"SELECT * FROM VALUES {', '.join(rows)} AS history({columns})"
