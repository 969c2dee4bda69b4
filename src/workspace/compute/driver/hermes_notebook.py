"""Runs a notebook of Python or of SQL that was exported as source.

The plan is a JSON file: ``{"path", "sources": {path: file}, "widgets": {name: value}, "host", "token"}``. ``sources``
holds the notebook and every notebook that it reaches by ``%run``. The file is removed when it has been read.
"""
import json
import linecache
import os
import posixpath
import re
import sys

from hermes_dbutils import DBUtils, NotebookExit

HEADER = re.compile(r"\ufeff?(#|--) Databricks notebook source\s*$")
SEPARATOR = re.compile(r"(?:#|--) COMMAND -{5,}\s*$")
MAGIC = re.compile(r"(?:#|--) MAGIC ?")
TITLES = ("# DBTITLE", "-- DBTITLE")
RUN_ARGUMENT = re.compile(r"""\$(\w+)\s*=\s*("[^"]*"|'[^']*'|\S+)""")
OUTPUT_LIMIT = 5 * 1024 * 1024


def run_notebook(plan_file):
    """Answers the text of the result file."""
    with open(plan_file, encoding="utf-8") as file:
        plan = json.load(file)
    os.remove(plan_file)
    notebook = Notebook(plan)
    try:
        notebook.run(plan["path"])
    except NotebookExit as leaving:
        whole = leaving.value.encode("utf-8", "backslashreplace")
        output = {
            "result": whole[:OUTPUT_LIMIT].decode("utf-8", "ignore"),
            "truncated": len(whole) > OUTPUT_LIMIT,
        }
        return json.dumps({"outcome": "success", "notebook_output": output})
    return None


def cells_of(lines):
    """The lines of each cell, as a notebook shows them."""
    start = 1 if HEADER.match(lines[0]) else 0
    found = []
    for number, line in enumerate(lines[start:], start + 1):
        if SEPARATOR.match(line):
            found.append(lines[start : number - 1])
            start = number
    found.append(lines[start:])
    return [shown(cell) for cell in found if any(line.strip() for line in cell)]


def shown(cell):
    """A cell without what only its export has: a blank line after the separator, the line of its title."""
    start = 0 if cell[0].strip() else 1
    return cell[start + 1 :] if cell[start].startswith(TITLES) else cell[start:]


def statements_of(text):
    """The statements of a cell of SQL: it may have several, or none but comments."""
    from hermes_sql_text import Statement

    found, start, is_empty = [], 0, True
    for token in Statement(text + "\n;").tokens:
        if token.raw != ";":
            is_empty = False
            continue
        if not is_empty:
            found.append(text[start : token.start].strip())
        start, is_empty = token.end, True
    return found


class Notebook:
    def __init__(self, plan):
        self.sources = plan["sources"]
        self.running = []
        self.dbutils = DBUtils(plan)
        self.module = type(sys)("__main__")
        self.globals = self.module.__dict__
        self.globals.update(
            __builtins__=__builtins__, dbutils=self.dbutils, display=display, displayHTML=print
        )
        sys.modules["__main__"] = self.module

    def run(self, path, widgets=None):
        if path in self.running:
            raise RecursionError("Notebook %s runs itself by %%run: %s" % (path, " -> ".join([*self.running, path])))
        with open(self.sources[path], encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
        self.running.append(path)
        self.dbutils.widgets.given(widgets or {})
        header = HEADER.match(lines[0])
        is_sql = header is not None and header.group(1) == "--"
        for index, cell in enumerate(cells_of(lines), 1):
            self.run_cell(path, index, cell, is_sql)
        self.running.pop()

    def run_cell(self, path, index, cell, is_sql):
        if any(MAGIC.match(line) for line in cell):
            cell = [MAGIC.sub("", line, count=1) if MAGIC.match(line) else line for line in cell]
        name, rest = magic_of(cell, is_sql)
        if name == "md":
            return
        if name == "sql":
            self.run_sql("\n".join(rest))
            return
        if name == "sh":
            shell(rest)
            return
        # The name stands in tracebacks, and the line is that of the cell.
        code_name = "<cell %d of %s>" % (index, path)
        linecache.cache[code_name] = (0, None, [line + "\n" for line in cell], code_name)
        block = []
        for number, line in enumerate(cell, 1):
            if not line.startswith("%"):
                block.append((number, line))
                continue
            self.run_code(block, code_name)
            block = []
            self.run_magic(line, path)
        self.run_code(block, code_name)

    def run_code(self, block, code_name):
        text = "\n".join(line for _number, line in block)
        if not text.strip():
            return
        if re.search(r"\bspark\b", text):
            self.spark()
        code = compile("\n" * (block[0][0] - 1) + text, code_name, "exec", dont_inherit=True)
        exec(code, self.globals)

    def run_sql(self, text):
        """Shows the result of the last statement, and keeps it for cells of Python as ``_sqldf``."""
        session = self.spark()
        frame = None
        for statement in statements_of(text):
            frame = session.sql(statement)
        if frame is not None:
            self.globals["_sqldf"] = frame
            display(frame)

    def run_magic(self, line, path):
        name, _, rest = line[1:].partition(" ")
        if name in ("python", "restart_python", "md", ""):
            return
        # What it asks for was installed before the first cell.
        if name == "pip" and rest.strip().startswith("install"):
            return
        if name != "run":
            raise NotImplementedError(
                "Cannot run %%%s: notebooks here know %%md, %%pip install, %%python, %%run, %%sh and %%sql." % name
            )
        words = rest.strip()
        target = re.match(r"\"[^\"]+\"|'[^']+'|\S+", words)
        other = resolve(path, target.group(0).strip("\"'") if target else "")
        if other not in self.sources:
            raise FileNotFoundError("Cannot %%run %s: there is no notebook %s." % (words, other))
        arguments = {key: value.strip("\"'") for key, value in RUN_ARGUMENT.findall(words)}
        self.run(other, arguments)

    def spark(self):
        """The session, made when a cell first speaks of it."""
        if "spark" not in self.globals:
            try:
                from pyspark.sql import SparkSession
            except ModuleNotFoundError as error:
                raise RuntimeError("There is no Spark in this run: %s." % error) from None
            self.globals["spark"] = SparkSession.builder.getOrCreate()
        return self.globals["spark"]


def resolve(path, target):
    """The path of another notebook as it is written in one."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return found[:-3] if found.endswith(".py") else found


def magic_of(cell, is_sql):
    """The magic that a cell as a whole is in, and what follows it; None when it is Python, or magics of one line."""
    written = [line for line in cell if line.strip()]
    found = re.match(r"%(md|sql|sh)\b(?:-sandbox)?[ \t]*(.*)", written[0]) if written else None
    if found is None:
        return ("sql" if is_sql and written and not written[0].startswith("%") else None), cell
    return found.group(1), [found.group(2), *written[1:]]


def shell(lines):
    import subprocess

    strict = re.match(r"-e\b", lines[0].strip())
    text = "\n".join([lines[0].strip()[2:] if strict else lines[0], *lines[1:]])
    sys.stdout.flush()
    done = subprocess.run(["bash", *(["-e"] if strict else []), "-c", text], check=False)
    if strict and done.returncode != 0:
        raise RuntimeError("The %%sh cell ended with exit code %d." % done.returncode)


def display(value=None, *_more, **_options):
    """Prints a table, its first rows when it is long; anything else as print does."""
    if hasattr(value, "toPandas") and hasattr(value, "show"):
        value.show(20, truncate=100)
    elif hasattr(value, "to_string") and hasattr(value, "columns"):
        print(value.to_string(max_rows=20))
    else:
        print(value)
