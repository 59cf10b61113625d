"""Benchmarks: Tertulia side by side with its peers, in one run, on one machine.

A benchmark is one file of `benchmarks/`: peers, load, figures, targets. The load comes from a C program
(`generator/`) in a process of its own on a core of its own; the peers are in `servers/`. A run that lost
a message has no result.
"""
