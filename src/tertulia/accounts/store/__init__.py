"""The SQL of accounts."""
