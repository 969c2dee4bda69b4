"""The first task of a Hermes DAG, which resolves the artifacts of the others.

Needs Airflow 2.10 or newer; the Amazon provider when artifacts are in a bucket.
"""

import hashlib
import json as json_text
from datetime import timedelta
from functools import cached_property

try:  # Airflow 3
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import ObjectStoragePath, Variable
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 2
    from airflow.exceptions import AirflowFailException
    from airflow.io.path import ObjectStoragePath
    from airflow.models import Variable
    from airflow.operators.python import PythonOperator

RESOLVE_TASK_ID = "resolve_artifacts"
"""The first task of every DAG run: it fixes which artifacts the others use."""


def resolve_artifacts(requests, operator=PythonOperator, /, **options):
    """The task that looks up the artifacts of a DAG run once; the others read them from its return value.

    `requests` holds, for each task id, `team`, `project`, `script`, `via` (latest, branch or version), `key` (of the
    pointer, or of the manifest of a version), `version` where one is named, and `library` (none, or another version).
    """
    return operator(
        task_id=RESOLVE_TASK_ID,
        python_callable=lambda: pin_all(requests),
        retries=3,
        retry_delay=timedelta(seconds=30),
        doc_md="Fixes which version of each script the tasks of this run use. Clear it to resolve `latest` again.",
        **options,
    )


def pin_all(requests):
    """The pins of all tasks, or one error with what is wrong with any of them."""
    teams, pins, problems = {}, {}, {}
    for task_id, request in requests.items():
        try:
            if request["team"] not in teams:
                variable = team_variable(request["team"])
                teams[request["team"]] = variable, Store(variable)
            pins[task_id] = pin(request, *teams[request["team"]])
        except ArtifactProblem as problem:
            problems.setdefault(str(problem), []).append(task_id)
    if problems:
        lines = [f"{', '.join(tasks)}: {problem}" for problem, tasks in problems.items()]
        raise AirflowFailException("Cannot resolve the artifacts of this run.\n" + "\n".join(lines))
    for line in pin_lines(requests, pins, teams):
        print(line)
    return pins


def pin_lines(requests, pins, teams):
    """What the log says: where it was looked, and for each task what it runs."""
    for team, (variable, store) in teams.items():
        yield f"Artifacts of team {team} in {variable['environment']}, from {store.url}"
        width = max(len(task_id) for task_id, found in pins.items() if found["team"] == team)
        for task_id, found in pins.items():
            if found["team"] == team:
                script = "" if found["script"] == found["project"].replace("-", "_") else f"/{found['script']}"
                wish = requests[task_id]["wish"]
                asked = "" if wish == found["version"] else f"{wish}, "
                wheel = found["wheel_version"]
                library = "" if wheel == found["version"] else f", library {wheel}" if wheel else ", no library"
                name = f"{found['project']}{script} {found['version']}"
                yield f"  {task_id:<{width}}  {name} ({asked}commit {found['commit'][:7]}{library})"


class ArtifactProblem(Exception):
    """A mistake that a retry does not mend."""


def team_variable(team):
    name = "hermes_" + team.replace("-", "_")
    text = Variable.get(name, None)
    if text is None:
        raise ArtifactProblem(f"Airflow has no variable {name}. Ask the platform team to enrol team {team}.")
    try:
        value = json_text.loads(text)
    except ValueError as error:
        raise ArtifactProblem(f"The variable {name} of Airflow is no JSON: {error}. Ask the platform team.") from None
    missing = [key for key in ("environment", "production", "artifacts") if key not in value]
    if missing:
        raise ArtifactProblem(f"The variable {name} of Airflow lacks {', '.join(missing)}. Ask the platform team.")
    return value


def pin(request, variable, store):
    """What one task will run: immutable files of one version, by their URLs and hashes."""
    found = find(request, variable, store)
    script = the_script(request, found)
    wheel = the_wheel(request, found, variable, store)
    runtime = next((file for file in found["files"] if file["kind"] == "runtime"), None)
    return {
        "team": request["team"],
        "project": request["project"],
        "script": script["script"],
        "version": found["version"],
        "commit": found["commit"],
        "via": request["via"],
        "script_url": store.url_of(script),
        "script_sha256": script["sha256"],
        "wheel_url": store.url_of(wheel),
        "wheel_sha256": wheel["sha256"] if wheel else "",
        "wheel_version": wheel["version"] if wheel else "",
        "runtime_url": store.url_of(runtime),
        "runtime_sha256": runtime["sha256"] if runtime else "",
    }


def find(request, variable, store):
    """The manifest of a version: that of the pointer, or the one that is named."""
    project, wish = request["project"], request["wish"]
    if variable["production"] and request["is_feature"]:
        raise ArtifactProblem(
            f"Cannot run {project} {wish} in production: builds of a branch exist in development only."
            " Merge the branch, then use `latest` or the version that the merge publishes."
        )
    if request["via"] == "version":
        found = store.read(request["key"]) or other_spelling(request, store)
        if found is None:
            raise ArtifactProblem(unknown_version(request, store))
        return record(found, request["key"], store)
    pointer = store.read(request["key"])
    if pointer is None:
        raise ArtifactProblem(unknown_version(request, store))
    pointer = record(pointer, request["key"], store)
    expected = pointer["manifest"]
    found = store.read(expected["key"])
    if found is None or hashlib.sha256(found).hexdigest() != expected["sha256"]:
        what = "gone" if found is None else "not the one that was published"
        raise ArtifactProblem(
            f"Cannot use {project} {pointer['version']}: its manifest {store.url}/{expected['key']} is {what}."
            " Someone changed the store. Name another version, and tell the owner of the store."
        )
    return record(found, expected["key"], store)


def record(content, key, store):
    try:
        return json_text.loads(content)
    except ValueError as error:
        raise ArtifactProblem(f"Cannot read {store.url}/{key}: {error}. Tell the owner of the store.") from None


def other_spelling(request, store):
    """1.2 and 1.2.0 are one version; its folder carries the spelling of the project."""
    folder = f"{request['team']}/{request['project']}"
    wanted = as_version(request["version"])
    for name in store.folders(folder):
        if as_version(name) == wanted:
            return store.read(f"{folder}/{name}/manifest.json")
    return None


def as_version(text):
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def unknown_version(request, store):
    """Says what exists instead: projects, or versions and branches, whichever the user missed."""
    team, project, wish = request["team"], request["project"], request["wish"]
    folder = f"{team}/{project}"
    versions = [name for name in store.folders(folder) if as_version(name)]
    branches = [store.branch_of(f"{folder}/feature/{name}") for name in store.folders(f"{folder}/feature")]
    if not versions and not branches:
        names = [name for name in store.folders(team) if name != project]
        hint = near(project, names) if names else " Push a branch of its repository: CI publishes a build of it."
        known = listed("published projects", names)
        return f"Cannot find project {project} of team {team} in {store.url}: there are {known}.{hint}"
    versions.sort(key=as_version, reverse=True)
    known = f"{listed('versions', versions)}; {listed('branches with a build', sorted(branches))}."
    if request["via"] == "latest":
        return (
            f"Cannot resolve latest of {project} in {store.url}: no version of it is released. There are {known}"
            " A merge to the default branch releases one; until then name a branch."
        )
    what = f"a build of branch {wish}" if request["via"] == "branch" else f"version {wish}"
    hint = near(wish, [*versions, *branches, "latest"])
    return f"Cannot find {what} of {project} in {store.url}: there are {known}{hint}"


def listed(what, names):
    """The first ones will do: this is for somebody who mistyped one of them."""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{what} {', '.join(names[:12])}{more}" if names else f"no {what}"


def near(given, names):
    """Names the one that was meant, when it is near enough to be a slip of the keyboard."""
    best = min(names, key=lambda name: distance(given.lower(), name.lower()), default=None)
    is_near = best is not None and distance(given.lower(), best.lower()) <= max(2, len(given) // 3)
    return f" Did you mean {best}?" if is_near else ""


def distance(one, other):
    """How many letters must be typed, left out or changed."""
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, 1):
        before, row[0] = row[0], line
        for column, each in enumerate(other, 1):
            before, row[column] = row[column], min(before + (letter != each), row[column] + 1, row[column - 1] + 1)
    return row[-1]


def the_script(request, found):
    scripts = [file for file in found["files"] if file["kind"] == "script"]
    wanted = request["script"].replace("-", "_")
    for file in scripts:
        if file["script"].replace("-", "_") == wanted:
            return file
    names = [file["script"] for file in scripts]
    where = f"{request['project']} {found['version']}"
    hint = near(request["script"], names)
    raise ArtifactProblem(
        f"Cannot find script {request['script']} in {where}: there are {listed('scripts', names)}.{hint}"
    )


def the_wheel(request, found, variable, store):
    """The wheel of the same version, of another one, or none."""
    library = request.get("library")
    if library == "none":
        return None
    source = found if library is None else find(library, variable, store)
    wheel = next((file for file in source["files"] if file["kind"] == "wheel"), None)
    if wheel is None and library is not None:
        raise ArtifactProblem(
            f"Cannot use library {request['project']} {source['version']}: it was published without a wheel."
            " Name another library_version, or `none`."
        )
    return wheel and {**wheel, "version": source["version"]}


class Store:
    """The artifact store of a team: a bucket, or anything that Airflow's object storage can read.

    What was read is kept: all tasks of a run see the same `latest`.
    """

    def __init__(self, variable):
        self.url = variable["artifacts"].rstrip("/")
        self.aws_conn_id = variable.get("aws_conn_id", "aws_default")
        self.known = {}

    def url_of(self, file):
        return f"{self.url}/{file['key']}" if file else ""

    def read(self, key):
        """The bytes under a key, None where there are none."""
        if key not in self.known:
            self.known[key] = self._read_s3(key) if self.url.startswith("s3://") else self._read_file(key)
        return self.known[key]

    def folders(self, prefix):
        """Names of the folders below a prefix, in order."""
        if self.url.startswith("s3://"):
            return sorted(self._list_s3(prefix))
        path = ObjectStoragePath(f"{self.url}/{prefix}")
        return sorted(each.name for each in path.iterdir() if each.is_dir()) if path.is_dir() else []

    def branch_of(self, folder):
        """The name of the branch whose builds are in a folder, which the manifests know."""
        pointer = self.read(f"{folder}/latest.json")
        manifest = self.read(record(pointer, folder, self)["manifest"]["key"]) if pointer else None
        ref = record(manifest, folder, self)["ref"] if manifest else folder.rsplit("/", 1)[-1]
        return ref.removeprefix("refs/heads/")

    def _read_file(self, key):
        path = ObjectStoragePath(f"{self.url}/{key}")
        return path.read_bytes() if path.exists() else None

    def _read_s3(self, key):
        # The filesystem of the Amazon provider needs s3fs, which Airflow does not bring along; its hook needs nothing.
        bucket, root = self._bucket()
        client = self._client
        try:
            return client.get_object(Bucket=bucket, Key=f"{root}{key}")["Body"].read()
        except client.exceptions.NoSuchKey:
            return None
        except client.exceptions.ClientError as error:
            raise self._refusal(error) from None

    def _list_s3(self, prefix):
        bucket, root = self._bucket()
        client = self._client
        try:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{root}{prefix}/", Delimiter="/"
            )
            found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        except client.exceptions.ClientError as error:
            raise self._refusal(error) from None
        return [folder.rstrip("/").rsplit("/", 1)[-1] for folder in found]

    def _refusal(self, error):
        """What S3 refuses stays refused; any other trouble may pass."""
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            return ArtifactProblem(f"Cannot read {self.url}: there is no such bucket. Ask the platform team.")
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (401, 403):
            return error
        return ArtifactProblem(
            f"Cannot read {self.url}: S3 refuses Airflow ({code}). Ask the platform team: the connection"
            f" {self.aws_conn_id}, or the role of the workers, needs s3:GetObject and s3:ListBucket there."
        )

    def _bucket(self):
        bucket, _, root = self.url.removeprefix("s3://").partition("/")
        return bucket, f"{root}/" if root else ""

    @cached_property
    def _client(self):
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook

        return S3Hook(aws_conn_id=self.aws_conn_id).get_conn()
