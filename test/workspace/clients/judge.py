"""Tries calls of a client one after the other, keeps which of them did what they should, and prints that as JSON."""
import contextlib
import importlib.metadata
import json
import sys
import traceback

WORDS = 400


class Judge:
    """The calls of one client; `passed` and `refused` each hold what a caller does between two lines."""

    def __init__(self, package):
        self.client = f"{package} {importlib.metadata.version(package)}"
        self.calls = []
        self.shapes = []

    @contextlib.contextmanager
    def passed(self, area, *names):
        """The calls of the block work; an assertion or an error of the client says that they do not."""
        yield from self._tried(area, names, None)

    @contextlib.contextmanager
    def refused(self, area, name, code, words):
        """The call of the block is refused, with an error whose text has those words."""
        refusal = {}
        yield from self._tried(area, (name,), code, refusal, words)

    def _tried(self, area, names, code, refusal=None, words=""):
        problem = None
        try:
            yield
            if refusal is not None:
                problem = "it was not refused"
        except Exception as error:  # Whatever a client raises is what its user would see.
            told = f"{type(error).__name__}: {error}"
            if refusal is None:
                problem = f"{told[:WORDS]} ({line_of(error)})"
            elif code not in told and code != getattr(error, "error_code", None) or words not in told:
                problem = f"it was refused otherwise: {told[:WORDS]}"
        for name in names:
            outcome = {} if problem is None else {"problem": problem}
            self.calls.append({"area": area, "call": name, **({} if code is None else {"code": code}), **outcome})

    def report(self):
        print(json.dumps({"client": self.client, "calls": self.calls, "shapes": sorted(set(self.shapes))}))


def line_of(error):
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/clients/" in frame.filename]
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"


def arguments(*names):
    """What the suite gives, by name."""
    return dict(zip(names, sys.argv[1:], strict=True))
