"""Sum up the clean days by month, as CSV and JSON.

    python -m observations.monthly
"""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from statistics import mean

import hermes_runtime

from observations._daily import Day, open_output, read_days, write_csv

log = logging.getLogger("monthly")


@dataclass(frozen=True)
class Month:
    """One month. Precipitation in mm, temperatures in degrees Celsius, wind in m/s."""

    month: str
    days: int
    precipitation: float
    wet_days: int
    snow_days: int
    temp_max: float
    temp_min: float
    mean_temp_max: float
    mean_temp_min: float
    mean_wind: float


def by_month(days: Iterable[Day]) -> list[Month]:
    """Sum up days by calendar month, in order."""
    groups: dict[str, list[Day]] = defaultdict(list)
    for day in days:
        groups[f"{day.date:%Y-%m}"].append(day)
    return [summarise(month, groups[month]) for month in sorted(groups)]


def summarise(month: str, days: list[Day]) -> Month:
    return Month(
        month=month,
        days=len(days),
        precipitation=round(sum(day.precipitation for day in days), 1),
        wet_days=sum(day.precipitation > 0 for day in days),
        snow_days=sum(day.weather == "snow" for day in days),
        temp_max=max(day.temp_max for day in days),
        temp_min=min(day.temp_min for day in days),
        mean_temp_max=round(mean(day.temp_max for day in days), 2),
        mean_temp_min=round(mean(day.temp_min for day in days), 2),
        mean_wind=round(mean(day.wind for day in days), 2),
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", help="CSV written by the script observations (default: in the Products zone)")
    parser.add_argument("--output", help="path or URL without its ending (default: in the Products zone)")
    options = parser.parse_args(argv)
    output = options.output or hermes_runtime.output_path("observations/monthly")

    months = by_month(read_days(options.input or hermes_runtime.output_path("observations/daily.csv")))
    write_csv(f"{output}.csv", [field.name for field in fields(Month)], (astuple(month) for month in months))
    with open_output(f"{output}.json") as out:
        json.dump([asdict(month) for month in months], out, indent=1)
    for year in sorted({month.month[:4] for month in months}):
        own = [month for month in months if month.month.startswith(year)]
        rain, wet = sum(month.precipitation for month in own), sum(month.wet_days for month in own)
        warmest, coldest = max(month.temp_max for month in own), min(month.temp_min for month in own)
        log.info("%s: %6.1f mm on %3d wet days, from %5.1f to %4.1f degrees", year, rain, wet, coldest, warmest)
    wettest = max(months, key=lambda month: month.precipitation)
    log.info("%d months -> %s.{csv,json}", len(months), output)
    log.info("wettest: %s with %.1f mm on %d days", wettest.month, wettest.precipitation, wettest.wet_days)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S")
    main()
