"""Programs for work on the project; none of them ships."""
