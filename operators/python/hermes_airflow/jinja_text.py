"""Texts of a user as Jinja templates that come out as he wrote them, with dates that work for every kind of run."""

from __future__ import annotations

import re
from collections.abc import Callable

# Comments and raw blocks are one piece each; an expression or a statement has its brackets and its code.
BLOCKS = re.compile(r"\{#[\s\S]*?#\}|\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|(\{\{|\{%)([\s\S]*?)(\}\}|%\})")
TOKENS = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\d[\w.]*|\s+|[\s\S]""", re.ASCII)
SECRET = re.compile(r"\s*secrets/[\w@.-]+/[\w@.-]+\s*", re.ASCII)

LOGICAL = "(dag_run.logical_date or dag_run.run_after)"
# Airflow defines these only for runs with a logical date; a run that was started by hand may have none.
RUN_DATES = {
    "ds": f"{LOGICAL} | ds",
    "ds_nodash": f"{LOGICAL} | ds_nodash",
    "ts": f"{LOGICAL} | ts",
    "ts_nodash": f"{LOGICAL} | ts_nodash",
    "ts_nodash_with_tz": f"{LOGICAL} | ts_nodash_with_tz",
    "logical_date": LOGICAL,
    "data_interval_start": "(dag_run.data_interval_start or dag_run.run_after)",
    "data_interval_end": "(dag_run.data_interval_end or dag_run.run_after)",
}


def user_text(text: str) -> str:
    """A text in which Jinja may stand."""
    if not re.search(r"[{}\r\n]", text):
        return text
    return spelled_out(change_template(with_secrets(text), code=with_run_date))


def literal_text(text: str) -> str:
    """A text that comes from data: whatever stands in it is not Jinja."""
    return "{{ " + repr(text) + " }}" if re.search(r"[{}\r\n]", text) else text


def with_secrets(template: str) -> str:
    """`{{secrets/scope/key}}` is not for Jinja but for Databricks, which fills it in on the cluster."""
    return change_template(
        template,
        code=lambda inside: f" '{{' ~ '{{{inside.strip()}}}' ~ '}}' " if SECRET.fullmatch(inside) else inside,
    )


def spelled_out(template: str) -> str:
    """Spells out the plain text that Jinja would change or refuse: line ends, ends of comments without a beginning."""
    found = re.search(r"\{?\n\Z", template)
    # A brace in front goes along, or it would join the braces of the expression.
    end = found[0] if found else ""
    body = template[: len(template) - len(end)]
    changed = change_template(body, text=lambda part: re.sub(r"\{?(?:\r|#\})", lambda each: quoted(each[0]), part))
    return changed + (quoted(end) if end else "")


def quoted(text: str) -> str:
    escaped = text.replace("\r", "\\r").replace("\n", "\\n")
    return f"{{{{ '{escaped}' }}}}"


def change_template(
    template: str,
    text: Callable[[str], str] = str,
    code: Callable[[str], str] = str,
) -> str:
    """Rewrites the plain text and the code of a template; comments and raw blocks stay."""
    parts, end = [], 0
    for match in BLOCKS.finditer(template):
        parts.append(text(template[end : match.start()]))
        parts.append(match[0] if match[1] is None else match[1] + code(match[2]) + match[3])
        end = match.end()
    return "".join([*parts, text(template[end:])])


def with_run_date(code: str) -> str:
    """`ds` and its kin in the form that also works for a run that was started by hand."""
    tokens = TOKENS.findall(code)
    alone = re.sub(r"^-|-\Z", "", code.strip()).strip()

    def rewritten(index: int, token: str) -> str:
        made = RUN_DATES.get(token)
        if made is None or not is_name(tokens, index):
            return token
        return made if alone == token or "|" not in made else f"({made})"

    return "".join(rewritten(index, token) for index, token in enumerate(tokens))


def is_name(tokens: list[str], index: int) -> bool:
    """A name that is read: no attribute, no filter, no keyword of a call, no key that is assigned."""
    before = next((token for token in reversed(tokens[:index]) if token.strip()), None)
    after = [token for token in tokens[index + 1 :] if token.strip()][:2]
    return before not in (".", "|") and (after[:1] != ["="] or after[1:] == ["="])
