"""The first task of a Hermes DAG, which resolves the artifacts of the others.

Needs Airflow 2.10 or newer; the Amazon provider when artifacts are in a bucket.
"""

import hashlib
import json as json_text
from datetime import timedelta

try:  # Airflow 3
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import Variable
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 2
    from airflow.exceptions import AirflowFailException
    from airflow.models import Variable
    from airflow.operators.python import PythonOperator

from hermes_airflow.artifact_store import ArtifactProblem, Store, record

RESOLVE_TASK_ID = "resolve_artifacts"
"""The first task of every DAG run: it fixes which artifacts the others use."""


def resolve_artifacts(requests, operator=PythonOperator, /, **options):
    """The task that looks up the artifacts of a DAG run once; the others read them from its return value.

    `requests` holds, for each task id, `team`, `project`, `script`, `via` (latest, branch or version), `key` (of the
    pointer, or of the manifest of a version), `version` where one is named, and `library` (none, or another version).
    """
    task = operator(
        task_id=RESOLVE_TASK_ID,
        python_callable=lambda: pin_all(requests),
        retries=3,
        retry_delay=timedelta(seconds=30),
        doc_md="Fixes which version of each script the tasks of this run use. Clear it to resolve `latest` again.",
        **options,
    )
    task.params = {}
    return task


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
