"""Whole imports run against a database that holds the shipped lists."""

from tests.support.imports import directory, load, loaded_engine, table

__all__ = ["directory", "load", "loaded_engine", "table"]
