"""Texts as JavaScript counts, prints and trims them: what Hermes says in TypeScript, it says here in the same words."""

from __future__ import annotations

import json
import re

SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
SPACES_AROUND = re.compile(f"^[{SPACES}]+|[{SPACES}]+\\Z")


def trimmed(text: str) -> str:
    return SPACES_AROUND.sub("", text)


def length(text: str) -> int:
    """In UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def first_units(text: str, count: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * count]
    return units.decode("utf-16-le", "surrogatepass")


def as_json(value: object) -> str:
    """`JSON.stringify`: no blanks, halves of characters escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def utf8(text: str) -> bytes:
    return re.sub("[\ud800-\udfff]", "\ufffd", text).encode()
