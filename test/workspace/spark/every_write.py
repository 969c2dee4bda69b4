"""Tries every way to change data of production, with and without the guard in the client; prints one JSON object."""
import json

from pyspark.sql import SparkSession

STATEMENTS = {
    "INSERT": "INSERT INTO prod_market.listings VALUES (9)",
    "INSERT by a query": "WITH nine AS (SELECT 9) INSERT INTO `prod_market`.listings SELECT * FROM nine",
    "INSERT by path": "INSERT INTO delta.`{production}/market/listings` VALUES (9)",
    "UPDATE": "UPDATE dev.prod_market.listings SET id = 1",
    "TRUNCATE": "TRUNCATE TABLE prod_market.listings",
    "DELETE": "DELETE FROM prod_market.listings",
    "CTAS": "CREATE TABLE prod_market.other AS SELECT 1 AS id",
    "CTAS by location": "CREATE TABLE products.other USING delta LOCATION '{production}/market/other' AS SELECT 1 AS id",
    "DROP": "DROP TABLE prod_market.listings",
    "ALTER": "ALTER TABLE prod_market.listings SET TBLPROPERTIES ('a' = 'b')",
    "CREATE OR REPLACE": "CREATE OR REPLACE TABLE prod_market.listings AS SELECT 1 AS id",
    "MERGE": "MERGE INTO prod_market.listings t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "CREATE DATABASE": "CREATE DATABASE prod_new",
}


def outcome(work):
    try:
        work()
        return "done"
    except Exception as error:
        return type(error).__name__


def main(production, outside):
    spark = SparkSession.builder.getOrCreate()
    frame = spark.range(1)
    ways = {name: lambda sql=sql: spark.sql(sql.format(production=production)) for name, sql in STATEMENTS.items()}
    ways["saveAsTable"] = lambda: frame.write.mode("append").saveAsTable("prod_market.listings")
    ways["insertInto"] = lambda: frame.write.insertInto("prod_market.listings")
    ways["writeTo"] = lambda: frame.writeTo("prod_market.listings").append()
    ways["save"] = lambda: frame.write.format("delta").mode("append").save(f"{production}/market/listings")
    ways["save outside"] = lambda: frame.write.parquet(outside)
    ways["read by path"] = lambda: spark.read.format("delta").load(f"{production}/market/listings").collect()
    guarded = {name: outcome(way) for name, way in ways.items()}
    spark.client._hermes_is_opening = True
    bare = {name: outcome(way) for name, way in ways.items()}
    print(json.dumps({"guarded": guarded, "bare": bare, "user": spark.sql("SELECT current_user() AS u").first().u}))
