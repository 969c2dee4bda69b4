"""Clean the daily observations: keep complete days, one per date, in order.

    python -m observations.observations --input seattle-weather.csv
"""

import argparse
import logging
from collections.abc import Iterable
from dataclasses import astuple

import hermes_runtime

from observations._daily import COLUMNS, Day, read_days, write_csv

log = logging.getLogger("observations")


def clean(days: Iterable[Day]) -> list[Day]:
    """Keep the last observation of each date, sorted by date."""
    by_date = {day.date: day for day in days}
    return [by_date[key] for key in sorted(by_date)]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", required=True, help="CSV of daily observations, a path or URL")
    parser.add_argument("--output", help="where the clean CSV goes (default: the Products zone)")
    options = parser.parse_args(argv)
    output = options.output or hermes_runtime.output_path("observations/daily.csv")

    days = clean(read_days(options.input))
    if not days:
        raise SystemExit(f"{options.input} holds no observation")
    write_csv(output, COLUMNS, (astuple(day) for day in days))
    log.info("%d days from %s to %s -> %s", len(days), days[0].date, days[-1].date, output)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S")
    main()
