"""Daily observations: reading, checking and writing them."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlparse

from smart_open import open as open_url

COLUMNS = ("date", "precipitation", "temp_max", "temp_min", "wind", "weather")


@dataclass(frozen=True)
class Day:
    """One day. Precipitation in mm, temperatures in degrees Celsius, wind in m/s."""

    date: date
    precipitation: float
    temp_max: float
    temp_min: float
    wind: float
    weather: str


def parse_day(row: dict[str, str]) -> Day:
    """Turn a CSV row into a Day; raise ValueError when it cannot be true."""
    day = Day(
        date=date.fromisoformat(row["date"]),
        precipitation=float(row["precipitation"]),
        temp_max=float(row["temp_max"]),
        temp_min=float(row["temp_min"]),
        wind=float(row["wind"]),
        weather=row["weather"],
    )
    if day.temp_min > day.temp_max:
        raise ValueError(f"{day.date}: temp_min {day.temp_min} is above temp_max {day.temp_max}")
    if day.precipitation < 0:
        raise ValueError(f"{day.date}: precipitation {day.precipitation} is negative")
    return day


def read_days(url: str) -> Iterator[Day]:
    """Read a CSV of days from a path or URL."""
    with open_url(url, "r", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield parse_day(row)


def write_csv(url: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write rows as CSV to a path or URL."""
    with open_output(url) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def open_output(url: str):
    """Open a path or URL for writing; folders of a local path are made on the way."""
    scheme = urlparse(url).scheme
    if scheme in ("", "file"):
        path = Path(unquote(urlparse(url).path) if scheme else url)
        path.parent.mkdir(parents=True, exist_ok=True)
    return open_url(url, "w", encoding="utf-8", newline="")
