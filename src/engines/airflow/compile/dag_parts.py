"""What the compiled form of a DAG is written with, beside its tasks."""

import sys
from datetime import datetime
from types import FunctionType

from pendulum import parse, timezone

try:  # Airflow 3
    from airflow.sdk import DAG, BaseNotifier, CronTriggerTimetable
    from airflow.sdk.module_loading import import_string
except ImportError:  # Airflow 2
    from airflow.models import DAG as DatedDag
    from airflow.notifications.basenotifier import BaseNotifier
    from airflow.timetables.trigger import CronTriggerTimetable
    from airflow.utils.module_loading import import_string

    def DAG(dag_id, *, schedule=None, start_date=None, **options):
        """Airflow 2 takes no schedule without a start."""
        if start_date is None and schedule is not None:
            start_date = datetime(2021, 1, 1, tzinfo=timezone("UTC"))
        return DatedDag(dag_id, schedule=schedule, start_date=start_date, **options)

__all__ = ["DAG", "Callback", "cron", "moment"]


class Callback:
    """A function or notifier that is imported when it is called: one that is missing breaks no DAG.

    Nothing else is called, and no function of Python's own library: a DAG file is data, and starts no program here.
    """

    def __init__(self, callback, arguments=None):
        self.callback = callback
        self.arguments = arguments or {}

    def __call__(self, context):
        is_foreign = self.callback.partition(".")[0] not in sys.stdlib_module_names
        called = import_string(self.callback) if is_foreign else None
        if isinstance(called, type) and issubclass(called, BaseNotifier):
            called(**self.arguments)(context)
        elif isinstance(called, FunctionType):
            called(context, **self.arguments)
        else:
            raise TypeError(f"{self.callback} is neither a notifier nor a function that Airflow could call.")


def cron(line, zone):
    """The moments of a cron line by the clocks of a time zone; `ds` is the day of the run."""
    return CronTriggerTimetable(line, timezone=timezone(zone))


def moment(text, zone):
    """A date or a moment by the clocks of a time zone, unless it says which clocks it means."""
    return parse(text, tz=timezone(zone)).in_timezone(timezone(zone))
