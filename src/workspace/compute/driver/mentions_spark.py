"""Prints whether Python code in the given wheels speaks of PySpark."""
import sys
import zipfile


def mentions(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py")]
        return any(b"pyspark" in archive.read(name) for name in names)


print("yes" if any(mentions(wheel) for wheel in sys.argv[1:]) else "no")
