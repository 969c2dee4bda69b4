"""Judges hermes_runtime; hermes-runtime.slow.test.ts runs it on the Pythons that are there."""

import ast
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import hermes_runtime

RUN = {
    "HERMES_ENVIRONMENT": "dev",
    "HERMES_PRODUCTION": "false",
    "HERMES_READ_PREFIX": "prod_",
    "HERMES_PRODUCTS_ZONE": "s3://products/weather",
    "HERMES_UPLOADS": "s3://uploads/weather/",
}
PRODUCTION = {"HERMES_ENVIRONMENT": "prod", "HERMES_PRODUCTION": "true", "HERMES_READ_PREFIX": ""}


class HermesRuntime(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("HERMES_")}
        self.use(mock.patch.dict(os.environ, variables, clear=True))
        self.use(mock.patch.object(hermes_runtime, "_told", False))
        self.folder = Path(self.use(tempfile.TemporaryDirectory())).resolve()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def use(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def run_with(self, **changes):
        """Makes this process a run, with some variables changed."""
        os.environ.update({**RUN, **changes})

    def message(self, error, function, *arguments):
        with self.assertRaises(error) as raised:
            function(*arguments)
        return str(raised.exception)

    def test_is_written_for_python_3_9(self):
        source = Path(hermes_runtime.__file__).read_text(encoding="utf-8")
        ast.parse(source, feature_version=(3, 9))

    def test_says_where_it_runs(self):
        self.run_with()
        self.assertEqual((hermes_runtime.environment(), hermes_runtime.is_production()), ("dev", False))
        self.run_with(HERMES_ENVIRONMENT="live", HERMES_PRODUCTION="true")
        self.assertEqual((hermes_runtime.environment(), hermes_runtime.is_production()), ("live", True))

    def test_reads_production_in_development_and_its_own_data_in_production(self):
        self.run_with()
        self.assertEqual(hermes_runtime.table("market.listings"), "prod_market.listings")
        self.run_with(**PRODUCTION)
        self.assertEqual(hermes_runtime.table("market.listings"), "market.listings")

    def test_reads_what_the_run_itself_writes_by_its_own_name(self):
        self.run_with(HERMES_INPUTS="prod_market.listings,products.daily", HERMES_OUTPUTS="products.monthly")
        self.assertEqual(hermes_runtime.table("market.listings"), "prod_market.listings")
        self.assertEqual(hermes_runtime.table("products.daily"), "products.daily")
        self.assertEqual(hermes_runtime.table("products.monthly"), "products.monthly")
        self.assertEqual(hermes_runtime.table("other.table"), "prod_other.table")

    def test_leaves_a_name_that_came_as_a_parameter_as_it_is(self):
        self.run_with(HERMES_INPUTS="prod_market.listings")
        self.assertEqual(hermes_runtime.table("prod_market.listings"), "prod_market.listings")

    def test_refuses_the_prefix_in_a_name(self):
        self.run_with()
        self.assertEqual(
            self.message(ValueError, hermes_runtime.table, "prod_market.listings"),
            "Table prod_market.listings begins with prod_, the read prefix of dev. "
            "Write table('market.listings'): the prefix is added where it belongs.",
        )
        self.assertEqual(
            self.message(ValueError, hermes_runtime.output_table, "prod_products.monthly"),
            "Table prod_products.monthly belongs to production and is never written: prod_ is the read prefix of dev. "
            "Write output_table('products.monthly'), which each environment has of its own.",
        )

    def test_writes_by_the_name_itself_and_only_what_the_dag_lists(self):
        self.run_with()
        self.assertEqual(hermes_runtime.output_table("products.monthly"), "products.monthly")
        self.run_with(HERMES_OUTPUTS="products.monthly,products.daily")
        self.assertEqual(hermes_runtime.output_table("products.daily"), "products.daily")
        listed = "is not among the outputs of this task: products.monthly, products.daily."
        self.assertEqual(
            self.message(ValueError, hermes_runtime.output_table, "products.montly"),
            f"Table products.montly {listed} Did you mean products.monthly?",
        )
        self.assertEqual(
            self.message(ValueError, hermes_runtime.output_table, "x.y"),
            f"Table x.y {listed} Add it in the DAG file: outputs: [products.monthly, products.daily, x.y].",
        )

    def test_refuses_what_is_no_name_of_a_table(self):
        self.run_with()
        rule = "is no name of a table: it must be database.table, in lower-case letters, digits and '_'."
        for function in (hermes_runtime.table, hermes_runtime.output_table):
            self.assertEqual(self.message(ValueError, function, "listings"), f"'listings' {rule}")
            self.assertEqual(
                self.message(ValueError, function, "`Market`.Listings"),
                f"'`Market`.Listings' {rule} Did you mean market.listings?",
            )
            for wrong in ("a.b.c", "a.b\n", "a.b; drop table x", "\u00e4.b", "\u0661.b", ""):
                self.assertIn(rule, self.message(ValueError, function, wrong))
            self.assertEqual(self.message(TypeError, function, None), "A name must be a str, not NoneType.")

    def test_finds_uploads_by_their_url(self):
        self.run_with()
        self.assertEqual(hermes_runtime.input_path("rain.csv"), "s3://uploads/weather/rain.csv")
        folder = self.folder / "my uploads"
        folder.mkdir()
        (folder / "rain.csv").write_text("mm\n")
        self.run_with(HERMES_UPLOADS=folder.as_uri())
        self.assertEqual(hermes_runtime.input_path("rain.csv"), str(folder / "rain.csv"))
        self.assertEqual(
            self.message(FileNotFoundError, hermes_runtime.input_path, "rian.csv"),
            "There is no upload rian.csv. Did you mean rain.csv?",
        )
        self.assertEqual(
            self.message(FileNotFoundError, hermes_runtime.input_path, "snow.txt"),
            "There is no upload snow.txt. Give it to the team: hermes upload snow.txt",
        )

    def test_has_no_uploads_in_production_or_where_there_is_no_place(self):
        self.run_with(HERMES_UPLOADS="")
        self.assertEqual(
            self.message(RuntimeError, hermes_runtime.input_path, "rain.csv"),
            "There is no upload rain.csv: dev has no place for uploads. "
            "Give the script the URL of the file as a parameter.",
        )
        self.run_with(**PRODUCTION)
        self.assertEqual(
            self.message(RuntimeError, hermes_runtime.input_path, "rain.csv"),
            "There is no upload rain.csv in prod: production takes no uploads, its data comes from pipelines. "
            "Read a table instead, as table('market.listings'), or have the data ingested.",
        )

    def test_refuses_what_is_no_name_of_an_upload(self):
        self.run_with()
        for name in ("../rain.csv", "/etc/passwd", "a/b", "", ".", "..", ".x", "a b", "s3://x/y", "a\n"):
            self.assertEqual(
                self.message(ValueError, hermes_runtime.input_path, name),
                f"{name!r} is no name of an upload. hermes upload prints the name: input_path('rain.csv').",
            )

    def test_writes_below_the_products_zone(self):
        self.run_with()
        below = "s3://products/weather"
        self.assertEqual(hermes_runtime.output_path("rain/monthly.csv"), f"{below}/rain/monthly.csv")
        self.assertEqual(hermes_runtime.output_path(f"{below}/rain.csv"), f"{below}/rain.csv")
        zone = self.folder / "products of mine"
        self.run_with(HERMES_PRODUCTS_ZONE=f"{zone.as_uri()}/")
        path = hermes_runtime.output_path("rain/100%25.csv")
        self.assertEqual(path, str(zone / "rain" / "100%25.csv"))
        with open(path, "w") as file:
            file.write("mm\n")
        as_url = hermes_runtime.output_path(f"{zone.as_uri()}/rain/a%20b.csv")
        self.assertEqual(as_url, str(zone / "rain" / "a b.csv"))

    def test_refuses_to_write_elsewhere(self):
        self.run_with()
        elsewhere = ("s3://products/weather-of-others/x", "s3://elsewhere/x", "file:///tmp/x", "dbfs:/x", "C:/x")
        for name in (*elsewhere, "/tmp/x", "~/x"):
            self.assertEqual(
                self.message(ValueError, hermes_runtime.output_path, name),
                f"Cannot write to {name}: it is not below the Products zone, s3://products/weather. "
                "Give a name below it: output_path('rain/monthly.csv').",
            )

    def test_refuses_ways_out_of_the_zone(self):
        self.run_with()
        ways = ("../x", "a/../../x", "a/..", ".", "", "a//b", "a/", "a\\..\\b", "a\nb", "s3://products/weather/../x")
        for name in ways:
            self.assertEqual(
                self.message(ValueError, hermes_runtime.output_path, name),
                f"{name!r} is no name below the Products zone: names joined by '/', without '.', '..', a backslash "
                "or an empty part. For example: output_path('rain/monthly.csv').",
            )

    def test_refuses_ways_out_that_are_written_as_a_url(self):
        zone = (self.folder / "zone").as_uri()
        self.run_with(HERMES_PRODUCTS_ZONE=zone)
        for way in ("%2e%2e/x", "a%2f..%2f..%2fx", "%2Fx"):
            self.message(ValueError, hermes_runtime.output_path, f"{zone}/{way}")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_works_outside_of_a_run_and_says_so_once(self):
        (self.folder / "rain.csv").write_text("mm\n")
        with self.assertLogs("hermes_runtime", "WARNING") as logs:
            self.assertEqual((hermes_runtime.environment(), hermes_runtime.is_production()), ("dev", False))
            self.assertEqual(hermes_runtime.table("market.listings"), "market.listings")
            self.assertEqual(hermes_runtime.output_table("products.monthly"), "products.monthly")
            self.assertTrue(os.path.samefile(hermes_runtime.input_path("rain.csv"), self.folder / "rain.csv"))
            self.assertEqual(hermes_runtime.output_path("rain/monthly.csv"), os.path.join("output", "rain", "monthly.csv"))
        self.assertTrue((self.folder / "output" / "rain").is_dir())
        self.assertEqual(
            [record.getMessage() for record in logs.records],
            ["This is no run of Hermes: tables go by their own names, files are those of the working folder."],
        )
        self.assertEqual(
            self.message(FileNotFoundError, hermes_runtime.input_path, "notes.txt"),
            "There is no upload notes.txt. Outside of a run, uploads are files of the working folder.",
        )


if __name__ == "__main__":
    unittest.main()
