"""What a text of SQL would change, and the same text in the words that the engine knows."""
import re

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<text>'(?:\\.|''|[^'\\])*'|"(?:\\.|""|[^"\\])*")
      | (?P<name>`(?:``|[^`])*`|[^\W\d]\w*)
      | (?P<other>\d[\w.]*|.)""",
    re.VERBOSE | re.DOTALL,
)
_FORMATS = {"delta", "parquet", "csv", "json", "text", "orc", "avro", "binaryfile", "iceberg", "vortex"}
_OBJECTS = {"TABLE", "DATABASE", "SCHEMA", "NAMESPACE", "VIEW"}
_NOT_NAMES = {"FUNCTION", "CATALOG", "DATABASE", "SCHEMA", "NAMESPACE", "TABLE", "EXTENDED", "QUERY", "FORMATTED"}


class Token:
    """One word, text, quoted name or sign; ``start`` and ``end`` are its place in the statement."""

    def __init__(self, match):
        self.kind = match.lastgroup
        self.raw = match.group()
        self.start, self.end = match.span()
        self.word = self.raw.upper() if self.kind == "name" and self.raw[0] != "`" else self.raw

    def value(self):
        """The name or text without its quotes."""
        quote = self.raw[0]
        if quote == "`":
            return self.raw[1:-1].replace("``", "`")
        if self.kind == "text":
            return re.sub(r"\\(.)", r"\1", self.raw[1:-1]).replace(quote * 2, quote)
        return self.raw


class Name:
    """A name of one to three parts, and where in the tokens it ends."""

    def __init__(self, parts, first, after):
        self.parts, self.first, self.after = parts, first, after

    def path(self):
        """The path of a name like delta.`/folder`; None for a table's."""
        return self.parts[1] if len(self.parts) == 2 and self.parts[0].lower() in _FORMATS else None


class Statement:
    """A text of SQL, cut into tokens once."""

    def __init__(self, sql):
        self.sql = sql
        self.tokens = [token for token in map(Token, _TOKEN.finditer(sql)) if token.kind != "space"]

    def word(self, index):
        return self.tokens[index].word if index < len(self.tokens) else ""

    def starts(self, *words):
        return all(self.word(index) == word for index, word in enumerate(words))

    def name_at(self, index):
        """The name that begins at a token; None when none does."""
        parts, at = [], index
        while at < len(self.tokens) and self.tokens[at].kind == "name":
            parts.append(self.tokens[at].value())
            if self.word(at + 1) != ".":
                return Name(parts, index, at + 1)
            at += 2
        return None

    def after_options(self, index):
        """The place behind IF [NOT] EXISTS."""
        if self.word(index) != "IF":
            return index
        return index + (3 if self.word(index + 1) == "NOT" else 2)

    def targets(self):
        """The names of what the statement would change, each with ``table`` or ``database``."""
        found = self._heads()
        for index in range(len(self.tokens)):
            pair = (self.word(index), self.word(index + 1))
            if pair in {("INSERT", "INTO"), ("INSERT", "OVERWRITE")}:
                found.append(("table", self.name_at(index + (3 if self.word(index + 2) == "TABLE" else 2))))
            elif pair in {("MERGE", "INTO"), ("DELETE", "FROM"), ("COPY", "INTO")}:
                found.append(("table", self.name_at(index + 2)))
        return [(kind, name) for kind, name in found if name is not None]

    def _heads(self):
        head = self.word(0)
        if head == "UPDATE":
            return [("table", self.name_at(1))]
        if head in {"OPTIMIZE", "VACUUM"}:
            return [("table", self.name_at(1))]
        if head not in {"CREATE", "DROP", "ALTER", "TRUNCATE", "REPLACE", "RESTORE", "MSCK", "REPAIR", "ANALYZE"}:
            return []
        for index in range(1, min(6, len(self.tokens))):
            if self.word(index) in {"TEMP", "TEMPORARY", "FUNCTION"}:
                return []
            if self.word(index) in _OBJECTS:
                kind = "table" if self.word(index) in {"TABLE", "VIEW"} else "database"
                return [(kind, self.name_at(self.after_options(index + 1)))]
        return []

    def location(self):
        """The text behind LOCATION; None when there is none."""
        for index, token in enumerate(self.tokens[:-1]):
            if token.word == "LOCATION" and self.tokens[index + 1].kind == "text":
                return self.tokens[index + 1].value()
        return None

    def read_paths(self):
        """Paths that the statement names as files to read: format.`path`, and options called path."""
        paths = []
        for index, token in enumerate(self.tokens):
            name = self.name_at(index) if token.kind == "name" else None
            if name is not None and name.path() is not None:
                paths.append(name.path())
            if token.value().lower() == "path":
                after = index + (2 if self.word(index + 1) == "=" else 1)
                if after < len(self.tokens) and self.tokens[after].kind == "text":
                    paths.append(self.tokens[after].value())
        return paths

    def insert(self, index, text):
        """The statement with a text before one of its tokens, or at its end."""
        if index >= len(self.tokens):
            return self.sql.rstrip().rstrip(";") + " " + text
        at = self.tokens[index].start
        return self.sql[:at] + text + " " + self.sql[at:]

    def in_engines_words(self):
        """The statement as the engine parses it: it wants TABLE and DATABASE where Spark can do without."""
        if self.word(0) in {"DESCRIBE", "DESC"} and len(self.tokens) > 1:
            name = self.name_at(1)
            if name is not None and self.word(1) not in _NOT_NAMES | {"SELECT", "WITH", "HISTORY", "DETAIL"}:
                return self.insert(1, "TABLE")
        if self.word(0) == "USE" and self.word(1) not in {"DATABASE", "SCHEMA", "NAMESPACE", "CATALOG", ""}:
            return self.insert(1, "DATABASE")
        return self.without_truncate()

    def without_truncate(self):
        """Delta tables are emptied by DELETE."""
        if self.starts("TRUNCATE", "TABLE") and len(self.tokens) > 2:
            return "DELETE FROM " + self.sql[self.tokens[2].start :]
        return self.sql
