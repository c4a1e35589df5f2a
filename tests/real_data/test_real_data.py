"""Data as it is found: every row arrives in Redshift as it stands in its source.

What is expected is parsed here, by csv, Decimal and strptime, and not by the package.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from public_data import csv_records, difference, json_records, number, pasted, serial
from whole_path import columns

from sheet_assets.errors import CellError

if TYPE_CHECKING:
    from whole_path import WholePath


def null(text: str, *words: str) -> str | None:
    """None for the empty text and for words that stand for no value."""
    return None if text in ("", *words) else text


def test_airports_of_the_world_arrive(path: WholePath) -> None:
    """28,000 rows: names in many scripts, with blanks at the end; codes such as 1E2; few IATA codes."""
    records = csv_records("airportsdata", "airports.csv")
    path.put(pasted(records, {"elevation": number, "lat": number, "lon": number}))
    contract = columns(
        """
        - {name: icao, type: varchar(4), key: true, pattern: "[A-Z0-9_]{3,4}"}
        - {name: iata, type: varchar(3), unique: true, pattern: "[A-Z]{3}"}
        - {name: airport, header: name, type: varchar(80), required: true}
        - {name: city, type: varchar(60)}
        - {name: region, header: subd, type: varchar(60)}
        - {name: country, type: varchar(2), required: true, pattern: "[A-Z]{2}"}
        - {name: elevation_feet, header: elevation, type: "decimal(7,2)", min: -1500, max: 20000}
        - {name: latitude, header: lat, type: double, min: -90, max: 90}
        - {name: longitude, header: lon, type: "decimal(9,6)", min: -180, max: 180}
        - {name: time_zone, header: tz, type: varchar(40), required: true}
        - {name: lid, type: varchar(8)}
        """
    )
    assert path.load(contract).rows == len(records) > 28_000
    expected = [
        (
            record["icao"],
            null(record["iata"]),
            record["name"],
            null(record["city"]),
            null(record["subd"]),
            record["country"],
            Decimal(record["elevation"]).quantize(Decimal("0.01")),
            float(record["lat"]),
            Decimal(record["lon"]).quantize(Decimal("0.000001")),
            record["tz"],
            null(record["lid"]),
        )
        for record in records
    ]
    assert sum(not row[2].isascii() for row in expected) > 100
    assert difference(path.rows(), expected) == []


def test_penguins_arrive_with_units_in_their_headers(path: WholePath) -> None:
    """NA in columns of numbers and of texts is NULL; headers have brackets, blanks and slashes."""
    records = csv_records("palmerpenguins", "data", "penguins-raw.csv")
    numbers = [
        "Sample Number",
        "Culmen Length (mm)",
        "Culmen Depth (mm)",
        "Flipper Length (mm)",
        "Body Mass (g)",
        "Delta 15 N (o/oo)",
        "Delta 13 C (o/oo)",
    ]
    path.put(pasted(records, dict.fromkeys(numbers, number) | {"Date Egg": serial}))
    contract = columns(
        """
        - {name: study, header: studyName, type: varchar(7), key: true, pattern: "PAL[0-9]{4}"}
        - {name: sample, header: Sample Number, type: smallint, key: true, min: 1}
        - {name: species, header: Species, type: varchar(50), key: true}
        - {name: island, header: Island, type: varchar(9), allowed: [Biscoe, Dream, Torgersen]}
        - {name: clutch, header: Clutch Completion, type: varchar(3), allowed: ["Yes", "No"]}
        - {name: laid_on, header: Date Egg, type: date, min: 2007-01-01, max: 2009-12-31}
        - {name: culmen_mm, header: Culmen Length (mm), type: "decimal(4,1)", null_values: [NA]}
        - {name: depth_mm, header: Culmen  Depth (mm), type: real, null_values: [NA]}
        - {name: flipper_mm, header: Flipper Length (mm), type: integer, null_values: [NA]}
        - {name: mass_g, header: Body Mass (g), type: bigint, null_values: [NA]}
        - {name: sex, header: Sex, type: varchar(6), null_values: [NA], allowed: [MALE, FEMALE]}
        - {name: nitrogen, header: Delta 15 N (o/oo), type: double, null_values: [NA]}
        - {name: carbon, header: Delta 13 C (o/oo), type: double, null_values: [NA]}
        - {name: comments, header: Comments, type: varchar(100), null_values: [NA]}
        """
    )
    path.load(contract)
    expected = []
    for record in records:
        values = {name: null(text, "NA") for name, text in record.items()}
        culmen, depth, flipper, mass, nitrogen, carbon = (values[name] for name in numbers[1:])
        expected.append(
            (
                record["studyName"],
                int(record["Sample Number"]),
                record["Species"],
                record["Island"],
                record["Clutch Completion"],
                dt.date.fromisoformat(record["Date Egg"]),
                Decimal(culmen).quantize(Decimal("0.1")) if culmen else None,
                float(depth) if depth else None,
                int(flipper) if flipper else None,
                int(mass) if mass else None,
                values["Sex"],
                float(nitrogen) if nitrogen else None,
                float(carbon) if carbon else None,
                values["Comments"],
            )
        )
    assert len(expected) == 344
    assert any(None in row for row in expected)
    assert difference(path.rows(), expected) == []


def test_stocks_arrive_with_dates_of_words(path: WholePath) -> None:
    """The text "Jan 1 2000" is the date that the contract's format makes of it."""
    records = csv_records("vega_datasets", "_data", "stocks.csv")
    path.put(pasted(records, {"price": number}))
    contract = columns(
        """
        - {name: symbol, type: varchar(4), key: true, allowed: [MSFT, AMZN, IBM, GOOG, AAPL]}
        - {name: day, header: date, type: date, key: true, format: "%b %d %Y"}
        - {name: price, type: "decimal(8,2)", required: true, min: 0}
        """
    )
    path.load(contract)
    expected = [
        (
            record["symbol"],
            dt.datetime.strptime(record["date"], "%b %d %Y").date(),  # noqa: DTZ007 - a day
            Decimal(record["price"]).quantize(Decimal("0.01")),
        )
        for record in records
    ]
    assert len(expected) == 560
    assert difference(path.rows(), expected) == []


def test_cars_arrive_with_their_missing_numbers(path: WholePath) -> None:
    """Nulls of JSON are blank cells and NULL; some numbers are whole, others not."""
    records = json_records("vega_datasets", "_data", "cars.json")
    numbers = [name for name, value in records[0].items() if not isinstance(value, str)]
    path.put(pasted(records, dict.fromkeys(numbers, number) | {"Year": serial}))
    contract = columns(
        """
        - {name: name, header: Name, type: varchar(40), required: true}
        - {name: mpg, header: Miles_per_Gallon, type: real, min: 1}
        - {name: cylinders, header: Cylinders, type: smallint, allowed: [3, 4, 5, 6, 8]}
        - {name: displacement, header: Displacement, type: "decimal(5,1)"}
        - {name: horsepower, header: Horsepower, type: integer}
        - {name: pounds, header: Weight_in_lbs, type: integer, required: true}
        - {name: acceleration, header: Acceleration, type: double}
        - {name: built, header: Model year, aliases: [Year], type: date, min: 1970-01-01}
        - {name: origin, header: Origin, type: varchar(6), allowed: [USA, Europe, Japan]}
        """
    )
    path.load(contract)
    expected = [
        (
            car["Name"],
            car["Miles_per_Gallon"],
            car["Cylinders"],
            Decimal(str(car["Displacement"])),
            car["Horsepower"],
            car["Weight_in_lbs"],
            car["Acceleration"],
            dt.date.fromisoformat(car["Year"]),
            car["Origin"],
        )
        for car in records
    ]
    found = path.rows()
    assert sum(row[1] is None for row in found) == 8
    assert sum(row[4] is None for row in found) == 6
    assert difference(found, expected) == []


def test_arrests_arrive_and_their_names_stay_hidden(path: WholePath) -> None:
    """Names are sensitive: they are in the table, and in no message about a wrong cell."""
    records = csv_records("vega_datasets", "_data", "la-riots.csv")
    paste = {"age": number, "death_date": serial, "longitude": number, "latitude": number}
    rows = pasted(records, paste)
    path.put(rows)
    contract = columns(
        """
        - {name: first_name, type: varchar(20), key: true, sensitive: true}
        - {name: last_name, type: varchar(20), key: true, sensitive: true}
        - {name: age, type: smallint, min: 0, max: 120}
        - {name: gender, type: varchar(6), allowed: [Male, Female]}
        - {name: race, type: varchar(10)}
        - {name: died_on, header: death_date, type: date, required: true}
        - {name: address, type: varchar(60), sensitive: true}
        - {name: neighborhood, type: varchar(30)}
        - {name: kind, header: type, type: varchar(30), required: true}
        - {name: longitude, type: "decimal(11,8)"}
        - {name: latitude, type: "decimal(11,8)"}
        """
    )
    path.load(contract)
    place = Decimal("0.00000001")
    expected = [
        (
            *(record["first_name"], record["last_name"]),
            int(record["age"]) if record["age"] else None,
            *(record["gender"], record["race"], dt.date.fromisoformat(record["death_date"])),
            *(record["address"], record["neighborhood"], record["type"]),
            Decimal(record["longitude"]).quantize(place),
            Decimal(record["latitude"]).quantize(place),
        )
        for record in records
    ]
    assert len(expected) == 63
    assert difference(path.rows(), expected) == []

    path.put([*rows, rows[1]])
    with pytest.raises(CellError) as wrong:
        path.load(contract)
    assert [cell.address for cell in wrong.value.cells] == ["A65"]
    assert str(rows[1][1]) not in str(wrong.value)
    assert difference(path.rows(), expected) == []


def test_employment_arrives_in_all_its_columns(path: WholePath) -> None:
    """24 columns, bound by header though the contract names them in another order."""
    records = csv_records("vega_datasets", "_data", "us-employment.csv")
    measures = list(records[0])[1:]
    path.put(pasted(records, dict.fromkeys(measures, number) | {"month": serial}))
    lines = [f'- {{name: {name}, type: "decimal(8,1)", required: true}}' for name in measures[::-1]]
    contract = columns("\n".join([*lines, "- {name: month, type: date, key: true}"]))
    assert len(contract) == 24
    path.load(contract)
    expected = [
        (
            *(Decimal(record[name]).quantize(Decimal("0.1")) for name in measures[::-1]),
            dt.date.fromisoformat(record["month"]),
        )
        for record in records
    ]
    assert len(expected) == 120
    assert difference(path.rows(), expected) == []


def test_weather_arrives_from_dates_with_slashes(path: WholePath) -> None:
    """2012/01/31 is recognised by Sheets in one half of the rows, and left a text in the other."""
    records = csv_records("vega_datasets", "_data", "seattle-weather.csv")
    measures = ["precipitation", "temp_max", "temp_min", "wind"]
    header, *rows = pasted(records, dict.fromkeys(measures, number))
    half = len(rows) // 2
    path.put([header, *([serial(row[0]), *row[1:]] for row in rows[:half]), *rows[half:]])
    contract = columns(
        """
        - {name: day, header: date, type: date, format: "%Y/%m/%d", key: true}
        - {name: precipitation, type: "decimal(5,1)", min: 0}
        - {name: temp_max, type: double}
        - {name: temp_min, type: real}
        - {name: wind, type: "decimal(4,1)"}
        - {name: weather, type: varchar(10), allowed: [drizzle, rain, sun, snow, fog]}
        """
    )
    path.load(contract)
    tenth = Decimal("0.1")
    expected = [
        (
            dt.date(*map(int, record["date"].split("/"))),
            Decimal(record["precipitation"]).quantize(tenth),
            float(record["temp_max"]),
            float(record["temp_min"]),
            Decimal(record["wind"]).quantize(tenth),
            record["weather"],
        )
        for record in records
    ]
    assert len(expected) == 1461
    assert difference(path.rows(), expected) == []


def test_temperatures_arrive_across_both_changes_of_the_clocks(path: WholePath) -> None:
    """Every hour of 2010 in Seattle, typed as text, becomes its moment in UTC.

    The source has 02:00 of 14 March, which the clocks skipped: it counts as before the change.
    """
    records = csv_records("vega_datasets", "_data", "seattle-temps.csv")
    path.workbook.time_zone = "America/Los_Angeles"
    path.put(pasted(records, {"temp": number}))
    contract = columns(
        """
        - {name: at, header: date, type: timestamptz, format: "%Y/%m/%d %H:%M", key: true}
        - {name: temp, type: "decimal(4,1)", required: true}
        """
    )
    path.load(contract)
    expected = []
    for record in records:
        local = dt.datetime.strptime(record["date"], "%Y/%m/%d %H:%M").replace(tzinfo=dt.UTC)
        # 2010's rule, by hand: summer time from 14 March 02:00 to 7 November 02:00.
        summer = "2010/03/14 02:30" < record["date"] < "2010/11/07 02:00"
        moment = local + dt.timedelta(hours=7 if summer else 8)
        expected.append((moment, Decimal(record["temp"])))
    assert len({moment for moment, _ in expected}) == 8759
    found = [(at.astimezone(dt.UTC), temp) for at, temp in path.rows()]
    assert difference(found, expected) == []


def test_american_airports_arrive_with_a_city_called_na(path: WholePath) -> None:
    """NA is NULL where the contract says so; coordinates keep all ten digits."""
    records = csv_records("vega_datasets", "_data", "airports.csv")
    path.put(pasted(records, {"latitude": number, "longitude": number}))
    contract = columns(
        """
        - {name: iata, type: varchar(4), key: true}
        - {name: name, type: varchar(60)}
        - {name: city, type: varchar(40), null_values: [NA]}
        - {name: state, type: varchar(2), null_values: [NA]}
        - {name: country, type: varchar(40)}
        - {name: latitude, type: "decimal(11,8)"}
        - {name: longitude, type: double}
        """
    )
    path.load(contract)
    expected = [
        (
            *(record["iata"], record["name"]),
            *(null(record["city"], "NA"), null(record["state"], "NA"), record["country"]),
            Decimal(record["latitude"]).quantize(Decimal("0.00000001")),
            float(record["longitude"]),
        )
        for record in records
    ]
    assert len(expected) == 3376
    assert difference(path.rows(), expected) == []


def test_codes_that_a_paste_made_numbers_of_are_refused(path: WholePath) -> None:
    """0E0 and 0E8 are airports, and the number 0 when they are pasted without plain text."""
    records = csv_records("vega_datasets", "_data", "airports.csv")
    path.put(pasted(records, {"iata": number}))
    contract = columns("[{name: iata, type: varchar(4), key: true}]")
    zeros = [index for index, record in enumerate(records) if record["iata"] in {"0E0", "0E8"}]
    first, second = (f"A{index + 2}" for index in zeros)
    with pytest.raises(CellError) as wrong:
        path.load(contract)
    (cell,) = wrong.value.cells
    assert str(cell) == f'Sheet1!{second} "iata": 0 stands twice as the key, first in {first}'
