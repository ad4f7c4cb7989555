"""Benchmarks: `python -m bench` prints every figure beside its target and its peers of the same run."""
