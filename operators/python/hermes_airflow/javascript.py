"""Texts as JavaScript counts, prints and trims them: what Hermes says in TypeScript, it says here in the same words."""

from __future__ import annotations

import json
import re
import unicodedata

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


_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point beyond the categories below, and what Unicode 15 added to them (https://www.unicode.org/reports/tr44/)."""


def printable_line(text: str) -> str:
    """Whatever moves the cursor, turns, hides or only looks like something else as its code point, `<U+202E>`."""
    return "".join(f"<U+{ord(one):04X}>" if _deceives(one) else one for one in text)


def _deceives(character: str) -> bool:
    if character == " ":
        return False
    hides = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
    return hides or _IGNORABLE.match(character) is not None
