"""Generates the reference of the wire from the contracts: OpenAPI, AsyncAPI, examples, TypeScript.

`python -m scripts.protocol` writes the files; with `--check` it compares and fails on a difference.
"""
