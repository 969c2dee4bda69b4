"""What `resolve_artifacts` looks up for a task: keys of the artifact store (docs/reference/artifact-store.md)."""

from __future__ import annotations

import hashlib
import re

from packaging.version import InvalidVersion, Version

from hermes_airflow.javascript import trimmed, utf8

LONGEST_BRANCH = 40
HASH_LENGTH = 8


def lookup_of(options: dict) -> dict:
    """The same for a task with these options, which are sound."""
    project = options["project_name"]
    script = options["script_name"] or project
    version = options["script_version"] or "latest"
    return artifact_lookup(options["team"], project, script, version, options["library_version"])


def artifact_lookup(team: str, project: str, script: str, script_version: str, library_version: str | None) -> dict:
    found = {**version_lookup(team, project, script_version), "script": script}
    if library_version is None:
        return found
    library = "none" if library_version == "none" else version_lookup(team, project, library_version)
    return {**found, "library": library}


def version_lookup(team: str, project: str, wish: str) -> dict:
    """`latest`, a version, or a branch; one that is called like a version is reached as `refs/heads/1.2.0`."""
    version = None if wish == "latest" else version_text(wish)
    via = "latest" if wish == "latest" else "branch" if version is None else "version"
    folder = f"{team}/{project}"
    shared = {"team": team, "project": project, "wish": wish, "via": via}
    if version is None:
        ref = wish if wish.startswith("refs/heads/") else f"refs/heads/{wish}"
        branch = None if via == "latest" else branch_slug(ref)
        feature = f"/feature/{branch}" if branch else ""
        return {**shared, "is_feature": branch is not None, "key": f"{folder}{feature}/latest.json"}
    branch = branch_of_version(version)
    feature = f"/feature/{branch}" if branch else ""
    key = f"{folder}{feature}/{version}/manifest.json"
    return {**shared, "is_feature": branch is not None, "key": key, "version": version}


def branch_slug(ref: str) -> str:
    """Readable, legal in PEP 440, and told apart from its look-alikes by a hash of the whole ref."""
    digest = "h" + hashlib.sha256(utf8(ref)).hexdigest()[:HASH_LENGTH]
    lower = re.sub("[A-Z]", lambda letter: letter[0].lower(), ref.removeprefix("refs/heads/"))
    text = re.sub("[^a-z0-9]+", ".", lower)[: LONGEST_BRANCH - len(digest) - 1]
    words = [part.lstrip("0") or "0" if part.isdigit() else part for part in text.split(".") if part]
    return ".".join([*words, digest])


def branch_of_version(version: str) -> str | None:
    """The branch inside a feature version: `1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0`."""
    label = version.partition("+")[2]
    found = re.fullmatch(r"(.*\bh[0-9a-f]{8})\.g[0-9a-f]{8}", label)
    return found and found[1]


def version_text(text: str) -> str | None:
    """The normal form of a PEP 440 version, None where the text is none."""
    text = trimmed(text)
    # Numbers that a double cannot hold are no versions of Hermes.
    if not text.isascii() or text.strip() != text or re.search(r"\d{16}", text.partition("+")[0]):
        return None
    try:
        return str(Version(text))
    except InvalidVersion:
        return None
