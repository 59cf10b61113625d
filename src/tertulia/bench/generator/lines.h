/* A file of lines with tabs between their fields, kept in memory for good. */
#ifndef LINES_H
#define LINES_H

/* All lines of the file; `count` is how many. */
char **lines_read(const char *path, int *count);

/* Cut off the field at the front of `*rest`; empty when none is left. */
char *lines_field(char **rest);

#endif
