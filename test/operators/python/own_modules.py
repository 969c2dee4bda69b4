"""Lets a script import modules of `hermes_airflow` from the folder it is given, without what the package itself imports."""

import sys
import types

package = types.ModuleType("hermes_airflow")
package.__path__ = [sys.argv[1]]
sys.modules["hermes_airflow"] = package
