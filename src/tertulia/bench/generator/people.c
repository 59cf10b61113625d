#include "people.h"

#include <stdlib.h>

#include "lines.h"

static struct person *people;
static int count;

void people_read(const char *path) {
    char **lines = lines_read(path, &count);
    people = calloc((size_t)count, sizeof *people);
    for (int i = 0; i < count; i++) {
        char *rest = lines[i];
        people[i].room = atoi(lines_field(&rest));
        people[i].auth = lines_field(&rest);
        people[i].catch_up = lines_field(&rest);
    }
    free(lines);
}

const struct person *people_get(int index) {
    return &people[index % count];
}
