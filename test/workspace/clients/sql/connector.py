"""Tries SQL with databricks-sql-connector by the statement API. Arguments: URL TOKEN."""
import os
import sys
import urllib.parse
import warnings

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

from databricks import sql
from judge import Judge, arguments

warnings.simplefilter("ignore")
given = arguments("url", "token")
address = urllib.parse.urlsplit(given["url"])
judge = Judge("databricks-sql-connector")


def connected(**more):
    return sql.connect(
        server_hostname=f"http://{address.hostname}",
        _port=address.port,
        http_path="/sql/1.0/warehouses/embedded",
        access_token=given["token"],
        use_sea=True,
        enable_telemetry=False,
        **more,
    )


with judge.passed("use_sea", "connect", "execute", "parameters", "fetchall", "description"):
    with connected(use_cloud_fetch=False) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT :n + 1 AS n, 'é' AS w", {"n": 41})
        assert [tuple(row) for row in cursor.fetchall()] == [(42, "é")]
        assert [(column[0], column[1]) for column in cursor.description] == [("n", "int"), ("w", "string")], cursor.description
with judge.passed("use_sea", "error of wrong SQL"):
    with connected(use_cloud_fetch=False) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT nothing FROM nowhere")
            raise AssertionError("it worked")
        except sql.exc.Error as error:
            assert "nowhere" in str(error), error
judge.report()
