"""Rows of a statement as files: JSON arrays of texts, or Arrow streams."""
import base64
import datetime
import decimal
import json
import math
import os

# A chunk is closed after so many bytes, so that one reply of the API stays small.
_CHUNK_BYTES = 4 * 1024 * 1024
_NAMES = {
    "boolean": "BOOLEAN",
    "tinyint": "BYTE",
    "smallint": "SHORT",
    "int": "INT",
    "bigint": "LONG",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP_NTZ",
    "string": "STRING",
    "binary": "BINARY",
    "decimal": "DECIMAL",
    "interval": "INTERVAL",
    "array": "ARRAY",
    "struct": "STRUCT",
    "map": "MAP",
    "void": "NULL",
    "variant": "VARIANT",
}


class TooLarge(Exception):
    pass


def column(position, field):
    """A column as the manifest of a statement names it."""
    text = field.dataType.simpleString()
    kind = text.split("(")[0].split("<")[0].split(" ")[0]
    described = {
        "name": field.name,
        "type_text": text.upper(),
        "type_name": _NAMES.get(kind, "STRING"),
        "position": position,
    }
    if kind == "decimal":
        described.update(type_precision=field.dataType.precision, type_scale=field.dataType.scale)
    return described


def write_chunks(batches, schema, asked):
    """Writes the rows below the limits; answers the part of the manifest that speaks of them."""
    writer = _ArrowChunks(asked, schema) if asked["format"] == "ARROW_STREAM" else _JsonChunks(asked, schema)
    row_limit, byte_limit = asked.get("rowLimit"), asked.get("byteLimit")
    truncated = False
    for batch in batches:
        left = None if row_limit is None else row_limit - writer.rows
        if left is not None and batch.num_rows > left:
            batch, truncated = batch.slice(0, left), True
        truncated = writer.write(batch, byte_limit) or truncated
        if writer.bytes > asked["maximumBytes"]:
            raise TooLarge(
                f"Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at "
                f"most {asked['maximumBytes']} bytes. Please execute the statement with a smaller result."
            )
        if truncated:
            break
    return {
        "chunks": writer.close(),
        "total_row_count": writer.rows,
        "total_byte_count": writer.bytes,
        "truncated": truncated,
    }


class _Chunks:
    def __init__(self, asked, schema):
        self.folder, self.schema = asked["folder"], schema
        self.rows, self.bytes, self.done = 0, 0, []
        self.first, self.size = 0, 0

    def flush(self, data):
        """Ends a chunk; ``data`` are its bytes."""
        with open(os.path.join(self.folder, str(len(self.done))), "wb") as file:
            file.write(data)
        self.done.append(
            {
                "chunk_index": len(self.done),
                "row_offset": self.first,
                "row_count": self.rows - self.first,
                "byte_count": len(data),
            }
        )
        self.first, self.size = self.rows, 0


class _JsonChunks(_Chunks):
    def __init__(self, asked, schema):
        super().__init__(asked, schema)
        self.lines = []

    def write(self, batch, byte_limit):
        names = [field.dataType for field in self.schema.fields]
        columns = [batch.column(index).to_pylist() for index in range(batch.num_columns)]
        for row in zip(*columns) if columns else [()] * batch.num_rows:
            line = json.dumps([_text(value, kind) for value, kind in zip(row, names)], ensure_ascii=False)
            size = len(line.encode("utf-8", "surrogatepass")) + 1
            if byte_limit is not None and self.bytes + size > byte_limit:
                return True
            self.lines.append(line)
            self.rows, self.bytes, self.size = self.rows + 1, self.bytes + size, self.size + size
            if self.size >= _CHUNK_BYTES:
                self._end()
        return False

    def _end(self):
        self.flush(("[" + ",".join(self.lines) + "]").encode("utf-8", "replace"))
        self.lines = []

    def close(self):
        if self.lines:
            self._end()
        return self.done


class _ArrowChunks(_Chunks):
    def __init__(self, asked, schema):
        super().__init__(asked, schema)
        self.batches = []

    def write(self, batch, byte_limit):
        if byte_limit is not None and self.bytes + batch.nbytes > byte_limit:
            return True
        self.batches.append(batch)
        self.rows += batch.num_rows
        self.bytes, self.size = self.bytes + batch.nbytes, self.size + batch.nbytes
        if self.size >= _CHUNK_BYTES:
            self._end()
        return False

    def _end(self):
        import pyarrow

        sink = pyarrow.BufferOutputStream()
        schema = self.batches[0].schema if self.batches else _arrow_schema(self.schema)
        with pyarrow.ipc.new_stream(sink, schema) as stream:
            for batch in self.batches:
                stream.write_batch(batch)
        self.flush(sink.getvalue().to_pybytes())
        self.batches = []

    def close(self):
        if self.batches or not self.done:
            self._end()
        return self.done


def _arrow_schema(schema):
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(schema)


def _text(value, kind):
    """A value as JSON_ARRAY has it: a text, or None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime.datetime):
        text = value.isoformat(timespec="milliseconds")
        return text.split("+")[0] + "Z" if kind.simpleString() == "timestamp" else text
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _plain(value):
    """A nested value as JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        pairs = bool(value) and all(isinstance(each, tuple) and len(each) == 2 for each in value)
        return {str(key): _plain(each) for key, each in value} if pairs else [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return _float(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, decimal.Decimal):
        return str(value)
    return value


def _float(value):
    if math.isnan(value):
        return "NaN"
    return repr(value) if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
