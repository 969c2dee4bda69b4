"""Holds every answer against the types of databricks-sdk: what they do not know, or know as another type, is noted."""
import dataclasses
import importlib
import typing

SERVICES = ("catalog", "compute", "files", "iam", "jobs", "settings", "sql", "workspace")
PLAIN = {int: int, str: str, bool: bool, float: (int, float)}


def watch(notes):
    for service in SERVICES:
        module = importlib.import_module(f"databricks.sdk.service.{service}")
        for kind in list(vars(module).values()):
            if dataclasses.is_dataclass(kind) and hasattr(kind, "from_dict"):
                _watch(kind, notes)


def _watch(kind, notes):
    read = kind.from_dict.__func__

    def from_dict(cls, answer):
        value = read(cls, answer)
        hints = _hints(cls)
        back = value.as_dict()
        for field, sent in answer.items():
            if sent in (None, "", [], {}):
                known = field in hints
            else:
                known = field in back
            if not known:
                notes.append(f"{cls.__name__}.{field} is unknown" + ("" if field not in hints else f": {sent!r}"))
            elif not _fits(sent, hints.get(field)):
                notes.append(f"{cls.__name__}.{field} is a {type(sent).__name__}")
        return value

    kind.from_dict = classmethod(from_dict)


_known = {}


def _hints(cls):
    if cls not in _known:
        _known[cls] = {name: _plain(hint) for name, hint in typing.get_type_hints(cls).items()}
    return _known[cls]


def _plain(hint):
    choices = [one for one in typing.get_args(hint) if one is not type(None)]
    return choices[0] if typing.get_origin(hint) is typing.Union and len(choices) == 1 else hint


def _fits(sent, hint):
    if sent is None or hint not in PLAIN:
        return True
    return isinstance(sent, PLAIN[hint]) and (hint is bool or not isinstance(sent, bool))
