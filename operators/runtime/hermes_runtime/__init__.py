"""Where a script of Hermes runs, what it may read there, and where it may write.

    import hermes_runtime

    listings = spark.table(hermes_runtime.table("market.listings"))
    monthly.write.saveAsTable(hermes_runtime.output_table("products.monthly"))
    monthly.toPandas().to_csv(hermes_runtime.output_path("market/monthly.csv"))

It is on the path of every run and of ``hermes test``, and needs nothing but Python 3.9. It asks the environment
variables that Hermes sets (HERMES_*), so programs in other languages can do the same.

Outside of a run, in a notebook or in tests, it answers as a development environment without data of production: tables
by their own names, files of the working folder. It says so once.
"""

from __future__ import annotations

import difflib
import logging
import os
import re
from urllib.parse import unquote, urlsplit

__all__ = ["environment", "input_path", "is_production", "output_path", "output_table", "table"]

_TABLE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+", re.ASCII)
_UPLOAD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
_OUTPUT_FOLDER = "output"

_told = False


def environment() -> str:
    """Name of the environment: ``dev``, ``prod`` or another; ``dev`` outside of a run."""
    return os.environ["HERMES_ENVIRONMENT"] if _in_run() else "dev"


def is_production() -> bool:
    """True in a run in production."""
    return _in_run() and os.environ.get("HERMES_PRODUCTION") == "true"


def table(name: str) -> str:
    """The name to read a table by: ``table("market.listings")``.

    In development it leads to production's data by way of the read prefix, unless the DAG says
    ``use_data_sharing: false``. In production, and for tables that this task or one before it writes, it is the name
    itself. To write a table, ask :func:`output_table`.
    """
    _check_table(name)
    prefix = _variable("HERMES_READ_PREFIX")
    inputs = _names("HERMES_INPUTS")
    if name in inputs or name in _names("HERMES_OUTPUTS"):
        return name
    if prefix and name.startswith(prefix):
        raise ValueError(
            f"Table {name} begins with {prefix}, the read prefix of {environment()}. "
            f"Write table({name[len(prefix):]!r}): the prefix is added where it belongs."
        )
    return prefix + name


def output_table(name: str) -> str:
    """The name to write a table by, always without a read prefix: ``output_table("products.monthly")``.

    Where the DAG lists the outputs of the task, it must be one of them.
    """
    _check_table(name)
    prefix = _variable("HERMES_READ_PREFIX")
    if prefix and name.startswith(prefix):
        raise ValueError(
            f"Table {name} belongs to production and is never written: {prefix} is the read prefix of "
            f"{environment()}. Write output_table({name[len(prefix):]!r}), which each environment has of its own."
        )
    outputs = _names("HERMES_OUTPUTS")
    if outputs and name not in outputs:
        raise ValueError(
            f"Table {name} is not among the outputs of this task: {', '.join(outputs)}. "
            + _did_you_mean(name, outputs, f"Add it in the DAG file: outputs: [{', '.join([*outputs, name])}].")
        )
    return name


def input_path(name: str) -> str:
    """Path or URL of a file that ``hermes upload`` gave to the team; development only.

    Outside of a run, the file of that name in the working folder.
    """
    if not _UPLOAD.fullmatch(_text(name)):
        raise ValueError(f"{name!r} is no name of an upload. hermes upload prints the name: input_path('rain.csv').")
    if not _in_run():
        return _existing(name, os.curdir, "Outside of a run, uploads are files of the working folder.")
    if is_production():
        raise RuntimeError(
            f"There is no upload {name} in {environment()}: production takes no uploads, its data comes from "
            "pipelines. Read a table instead, as table('market.listings'), or have the data ingested."
        )
    uploads = _variable("HERMES_UPLOADS").rstrip("/")
    if not uploads:
        raise RuntimeError(
            f"There is no upload {name}: {environment()} has no place for uploads. "
            "Give the script the URL of the file as a parameter."
        )
    folder = _local(uploads)
    if folder is None:
        return f"{uploads}/{name}"
    return _existing(name, folder, f"Give it to the team: hermes upload {name}")


def output_path(name: str) -> str:
    """Path or URL below the Products zone, the only place where a run may write: ``output_path("rain/monthly.csv")``.

    Folders of a local zone are made on the way. Outside of a run, below the folder ``output``.
    """
    zone = (_variable("HERMES_PRODUCTS_ZONE") or _OUTPUT_FOLDER).rstrip("/")
    folder = _local(zone)
    given = _text(name)
    rest = given[len(zone) + 1 :] if given.startswith(f"{zone}/") else given
    if folder is not None and rest != given:
        rest = unquote(rest)
    _check_below(given, rest, zone)
    if folder is None:
        return f"{zone}/{rest}"
    path = os.path.join(folder, rest)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def _in_run() -> bool:
    global _told
    if os.environ.get("HERMES_ENVIRONMENT"):
        return True
    if not _told:
        _told = True
        logging.getLogger(__name__).warning(
            "This is no run of Hermes: tables go by their own names, files are those of the working folder."
        )
    return False


def _variable(name: str) -> str:
    return os.environ.get(name, "") if _in_run() else ""


def _names(variable: str) -> list[str]:
    return [name for name in _variable(variable).split(",") if name]


def _text(value: str) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"A name must be a str, not {type(value).__name__}.")


def _check_table(name: str) -> None:
    if _TABLE.fullmatch(_text(name)):
        return
    likely = re.sub(r"[`\"\s]", "", name).lower()
    hint = f" Did you mean {likely}?" if _TABLE.fullmatch(likely) else ""
    raise ValueError(
        f"{name!r} is no name of a table: it must be database.table, in lower-case letters, digits and '_'.{hint}"
    )


def _check_below(given: str, rest: str, zone: str) -> None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/~]", rest):
        raise ValueError(
            f"Cannot write to {given}: it is not below the Products zone, {zone}. "
            "Give a name below it: output_path('rain/monthly.csv')."
        )
    parts = rest.split("/")
    if any(part in ("", ".", "..") for part in parts) or re.search(r"[\\\x00-\x1f\x7f]", rest):
        raise ValueError(
            f"{given!r} is no name below the Products zone: names joined by '/', without '.', '..', a backslash "
            "or an empty part. For example: output_path('rain/monthly.csv')."
        )


def _local(url: str) -> str | None:
    """The folder that a file: URL or a plain path means; None for another place."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return unquote(parts.path)
    return None if parts.scheme else url


def _existing(name: str, folder: str, cure: str) -> str:
    path = os.path.join(folder, name)
    if os.path.isfile(path):
        return path
    there = [entry for entry in os.listdir(folder) if _UPLOAD.fullmatch(entry)] if os.path.isdir(folder) else []
    raise FileNotFoundError(f"There is no upload {name}. {_did_you_mean(name, there, cure)}")


def _did_you_mean(given: str, names: list[str], otherwise: str) -> str:
    close = difflib.get_close_matches(given, names, n=1)
    return f"Did you mean {close[0]}?" if close else otherwise
