"""`tertulia move`: an installation carried from SQLite to PostgreSQL or back (docs/adr/0026).

The history stays the same, epochs included, so clients go on where they were. While it moves the old side
takes no changes; then it takes none any more, and the new one holds the same rows, table by table.
"""
