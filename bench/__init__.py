"""Benchmarks, each beside the comparison it answers."""
