"""Attempts of one task, each of which may lose its worker at any call: prints what became of its runs."""

import json
import logging
import os
from types import SimpleNamespace

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Airflow logs to stdout

import own_modules  # noqa: E402, F401
from airflow.providers.databricks.hooks.databricks import RunState  # noqa: E402
from hermes_airflow import tasks  # noqa: E402


class WorkerLost(BaseException):
    pass


class Deferred(BaseException):
    pass


class World:
    """Databricks and the state store of a task: they outlive the workers. `dies_at` counts calls, before and after."""

    def __init__(self):
        self.runs, self.tokens, self.known, self.most_at_once = {}, {}, {}, 0
        self.calls, self.dies_at = 0, None
        tasks.time = SimpleNamespace(monotonic=lambda: 0, sleep=lambda _: self.pass_time())

    def instant(self):
        self.calls += 1
        if self.calls == self.dies_at:
            raise WorkerLost

    def call(self, effect):
        self.instant()
        result = effect()
        self.instant()
        return result

    def submit(self, body):
        def effect():
            token = body["idempotency_token"]
            if token not in self.tokens:
                self.tokens[token] = len(self.runs) + 1
                self.runs[self.tokens[token]] = "RUNNING"
            self.most_at_once = max(self.most_at_once, sum(":" not in state for state in self.runs.values()))
            return self.tokens[token]

        return self.call(effect)

    def state(self, run_id):
        def effect():
            if run_id not in self.runs:
                raise RuntimeError(f"Run {run_id} does not exist.")
            return RunState(*self.runs[run_id].split(":"))

        return self.call(effect)

    def cancel(self, run_id):
        self.call(lambda: self.runs.update({run_id: "TERMINATING"}))

    def pass_time(self):
        for run_id, state in self.runs.items():
            if state == "TERMINATING":
                self.runs[run_id] = "TERMINATED:CANCELED"

    def end(self, result, run_id=None):
        for each, state in self.runs.items():
            if ":" not in state and run_id in (None, each):
                self.runs[each] = f"TERMINATED:{result}"


class Store:
    def __init__(self, world):
        self.world = world

    def get(self, key):
        return self.world.call(lambda: self.world.known.get(key))

    def set(self, key, value):
        self.world.call(lambda: self.world.known.update({key: value}))

    def delete(self, key):
        self.world.call(lambda: self.world.known.pop(key, None))


class Operator:
    def __init__(self, world, number, deferrable):
        self.world, self.deferrable = world, deferrable
        self.json = {"tasks": [{}], "idempotency_token": f"attempt {number}"}
        self.log, self.polling_period_seconds, self.execution_timeout = logging.getLogger("test"), 1, None
        self._hook = SimpleNamespace(
            submit_run=world.submit,
            get_run_state=world.state,
            cancel_run=world.cancel,
            get_run_page_url=lambda run_id: f"https://host/#job/1/run/{run_id}",
        )

    def defer(self, **_):
        self.world.call(lambda: None)
        raise Deferred

    def execute(self):
        run_id = self._hook.submit_run(self.json)
        self._hook.get_run_page_url(run_id)
        if self.deferrable and not self._hook.get_run_state(run_id).is_terminal:
            self.defer(trigger=None)
        self.world.end("SUCCESS", run_id)
        self._hook.get_run_state(run_id)


def attempt(world, number, deferrable, attempts=3):
    """How one attempt ended."""
    operator = Operator(world, number, deferrable)
    context = {"task": operator, "ti": SimpleNamespace(max_tries=attempts), "task_state_store": Store(world)}
    try:
        tasks.prepare_run(context)
        operator.execute()
    except WorkerLost:
        return "lost"
    except Deferred:
        return "deferred"
    return "success"


def lose_worker(deferrable, instant):
    """A worker is lost at an instant; the next attempt goes to the end."""
    world = World()
    world.dies_at = instant
    first = attempt(world, 1, deferrable)
    second = attempt(world, 2, deferrable) if first == "lost" else None
    return {"first": first, "second": second, "runs": list(world.runs.values()), "at_once": world.most_at_once}


def every_instant(deferrable):
    found = []
    while not found or found[-1]["first"] == "lost":
        found.append(lose_worker(deferrable, len(found) + 1))
    return found


def after(state, *, attempts=3, lost_at=None):
    """A run was handed to the triggerer, and is in this state when the task starts again."""
    world = World()
    world.dies_at = lost_at
    first = attempt(world, 1, True)
    world.runs = {} if state == "gone" else {1: state}
    world.dies_at = None
    second = attempt(world, 2, True, attempts)
    return {"first": first, "second": second, "runs": list(world.runs.values()), "at_once": world.most_at_once}


def cleared_after_success():
    world = World()
    return [attempt(world, 1, False), attempt(world, 2, False, 5), list(world.runs.values())]


json.dump(
    {
        "sync": every_instant(False),
        "deferred": every_instant(True),
        "end of the run was not noticed": after("TERMINATED:SUCCESS"),
        "failed": after("TERMINATED:FAILED"),
        "waited too long": after("RUNNING"),
        "cleared": after("RUNNING", attempts=5),
        "cleared as it ended": after("TERMINATED:SUCCESS", attempts=5),
        "being cancelled": after("TERMINATING", attempts=5),
        "gone": after("gone"),
        "cleared after success": cleared_after_success(),
    },
    answers,
)
answers.close()
