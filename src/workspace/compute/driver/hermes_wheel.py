"""The entry point of an installed wheel, as Databricks finds it."""
import sys
from functools import reduce
from importlib import metadata


def run_entry_point(package, name):
    """Calls the entry point of the wheel's metadata, else the function of that name in the package."""
    find_entry_point(package, name)()


def find_entry_point(package, name):
    try:
        declared = list(metadata.distribution(package).entry_points)
    except metadata.PackageNotFoundError:
        declared = []
    for entry in declared:
        if entry.name == name:
            return loaded(entry)
    module = package_module(package)
    found = getattr(module, name, None)
    if callable(found):
        return found
    names = sorted({entry.name for entry in declared})
    raise ImportError(
        "Cannot find the entry point %r of package %r: its metadata names %s, and module %s has no function %s."
        % (name, package, ", ".join(names) or "none", module.__name__, name)
    )


def loaded(entry):
    # Python leaves its own frames out of tracebacks of this way to import, and of no other.
    __import__(entry.module)
    return reduce(getattr, filter(None, (entry.attr or "").split(".")), sys.modules[entry.module])


def package_module(package):
    module = package.replace("-", "_")
    try:
        __import__(module)
        return sys.modules[module]
    except ModuleNotFoundError as error:
        # What the package itself fails to import is the package's own trouble.
        if error.name is None or not (module == error.name or module.startswith(error.name + ".")):
            raise
        raise ModuleNotFoundError(
            "Cannot find package %r: no library of the task brings it. Installed here: %s." % (package, installed()),
            name=module,
        ) from None


def installed():
    names = sorted({found.metadata["Name"] for found in metadata.distributions() if found.metadata["Name"]})
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "") if names else "nothing"
