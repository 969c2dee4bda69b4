import json
from datetime import date

import pytest

from observations import monthly, observations
from observations._daily import parse_day, read_days

RAW = """date,precipitation,temp_max,temp_min,wind,weather
2012-01-02,10.9,10.6,2.8,4.5,rain
2012-01-01,0.0,12.8,5.0,4.7,drizzle
2012-02-01,13.5,8.9,3.3,2.7,snow
2012-01-01,1.0,12.8,5.0,4.7,rain
"""


@pytest.fixture
def raw(tmp_path):
    path = tmp_path / "raw.csv"
    path.write_text(RAW)
    return path


def test_keeps_the_last_observation_of_a_date_in_order(raw):
    days = observations.clean(read_days(str(raw)))
    assert [(day.date, day.weather) for day in days] == [
        (date(2012, 1, 1), "rain"),
        (date(2012, 1, 2), "rain"),
        (date(2012, 2, 1), "snow"),
    ]


def test_refuses_a_day_that_cannot_be_true():
    row = dict(date="2012-01-01", precipitation="0", temp_max="1", temp_min="5", wind="1", weather="sun")
    with pytest.raises(ValueError, match="temp_min 5.0 is above temp_max 1.0"):
        parse_day(row)


def test_sums_up_by_month(raw):
    january, february = monthly.by_month(observations.clean(read_days(str(raw))))
    assert (january.month, january.days, january.precipitation, january.wet_days) == ("2012-01", 2, 11.9, 2)
    assert (february.month, february.snow_days) == ("2012-02", 1)


def test_the_two_scripts_work_together(raw, tmp_path):
    zone = (tmp_path / "new" / "zone").as_uri()
    observations.main(["--input", str(raw), "--output", f"{zone}/daily.csv"])
    monthly.main(["--input", f"{zone}/daily.csv", "--output", f"{zone}/monthly"])
    product = json.loads((tmp_path / "new" / "zone" / "monthly.json").read_text())
    assert [row["month"] for row in product] == ["2012-01", "2012-02"]


def test_an_empty_input_is_an_error(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("date,precipitation,temp_max,temp_min,wind,weather\n")
    with pytest.raises(SystemExit, match="holds no observation"):
        observations.main(["--input", str(empty), "--output", str(tmp_path / "out.csv")])
