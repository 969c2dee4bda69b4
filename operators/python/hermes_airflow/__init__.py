"""Data products on Databricks, from DAGs that are written in Python: `from hermes_airflow import HermesOperator`."""

from hermes_airflow.operator import HermesOperator

__all__ = ["HermesOperator"]
