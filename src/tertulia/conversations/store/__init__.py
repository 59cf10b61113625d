"""All SQL of conversations, one file a noun."""
