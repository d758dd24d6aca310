"""Measurements of the engine, each against the same work at the database's own limit.

Run by ``manage.py benchmark`` in a database of its own; nothing here is reached by a page or a
task. A measurement is a function that returns `metrics.benchmarks.figures.Figure`s.
"""
