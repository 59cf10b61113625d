"""Words that every service speaks and that do no I/O: ids, time, errors, limits, actors, messages."""
