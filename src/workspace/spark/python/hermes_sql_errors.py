"""What the engine says of a statement that failed, in the words and with the SQLSTATE that Databricks has for it.

https://docs.databricks.com/error-messages/sqlstates
"""
import re

from hermes_sql_text import Statement

_MISSING_TABLE = re.compile(r"TABLE_OR_VIEW_NOT_FOUND\]?.*(?:not found: |table or view )(?P<name>`?[^\s`]+(?:`\.`[^`]+)*`?)")
_MISSING_COLUMN = re.compile(r"attribute ObjectName\(\[(.*)\]\) is missing")


class EmptyStatement(Exception):
    pass


def refuse_empty(statement):
    """@throws EmptyStatement for a text that holds comments and semicolons only"""
    if all(token.raw == ";" for token in statement.tokens):
        raise EmptyStatement("[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty statement. SQLSTATE: 42617")


def message_of(error, sql):
    """What a person is told of a failure."""
    said = str(error).split("\nJVM stacktrace:")[0].strip() or type(error).__name__
    if "SQLSTATE" in said:
        return said
    if said == "invalid argument: expected one statement":
        return "[PARSE_SYNTAX_ERROR] Syntax error: give one statement at a time. SQLSTATE: 42601"
    if re.match(r"invalid argument: found .* expected", said, re.DOTALL):
        return f"[PARSE_SYNTAX_ERROR] Syntax error: {said[len('invalid argument: '):]}. SQLSTATE: 42601"
    table = _MISSING_TABLE.search(said)
    if table is not None:
        name = _as_written(sql, table["name"].strip("`").split("`.`"))
        return f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {name} cannot be found. SQLSTATE: 42P01"
    if said.startswith("Database not found: "):
        return f"[SCHEMA_NOT_FOUND] The schema `{said[len('Database not found: '):]}` cannot be found. SQLSTATE: 42704"
    column = _MISSING_COLUMN.search(said)
    if column is not None:
        name = _quoted(re.findall(r'Identifier\("((?:[^"\\]|\\.)*)"\)', column[1]))
        return f"[UNRESOLVED_COLUMN] A column or parameter with name {name} cannot be resolved. SQLSTATE: 42703"
    return said


def _as_written(sql, parts):
    """The engine names a table by its last part; the statement has the schema before it."""
    statement = Statement(sql)
    written = [statement.name_at(index) for index in range(len(statement.tokens)) if statement.word(index - 1) != "."]
    fitting = [name.parts for name in written if name is not None and name.parts[-len(parts) :] == parts]
    return _quoted(max(fitting, key=len, default=parts))


def _quoted(parts):
    return ".".join(f"`{part}`" for part in parts)
