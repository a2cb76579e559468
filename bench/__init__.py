"""Benchmarks. Each is one command, runs alone on a quiet machine, and prints its own ratios."""
