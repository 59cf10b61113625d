"""All SQL of personal, one file a noun."""
