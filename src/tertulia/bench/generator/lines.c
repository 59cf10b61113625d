#define _GNU_SOURCE
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

char **lines_read(const char *path, int *count) {
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file) die("cannot read %s", path ? path : "(no file given)");
    char **lines = NULL, *line = NULL;
    size_t capacity = 0;
    *count = 0;
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (*count % 1024 == 0) lines = realloc(lines, sizeof *lines * (size_t)(*count + 1024));
        lines[(*count)++] = line;
        line = NULL;
    }
    fclose(file);
    if (!*count) die("%s is empty", path);
    return lines;
}

char *lines_field(char **rest) {
    char *field = strsep(rest, "\t");
    return field ? field : "";
}
