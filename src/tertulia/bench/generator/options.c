#include "options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

enum kind { TEXT, WHOLE, REAL };

struct option {
    const char *name;
    enum kind kind;
    size_t offset;
};

#define OPTION(kind, name) {#name, kind, offsetof(struct options, name)}

static const struct option known[] = {
    OPTION(TEXT, scenario),  OPTION(TEXT, path),        OPTION(TEXT, people),
    OPTION(TEXT, rooms),     OPTION(TEXT, said),        OPTION(TEXT, ready),
    OPTION(TEXT, marker),    OPTION(WHOLE, port),       OPTION(WHOLE, clients),
    OPTION(WHOLE, slow),     OPTION(WHOLE, concurrent), OPTION(WHOLE, size),
    OPTION(WHOLE, window),   OPTION(WHOLE, missed),     OPTION(WHOLE, server_pid),
    OPTION(WHOLE, collect),  OPTION(REAL, warm_up),     OPTION(REAL, seconds),
    OPTION(REAL, settle),    OPTION(REAL, rate),        OPTION(REAL, limit_ms),
    OPTION(REAL, patience),  OPTION(REAL, deadline),
};

static const struct options defaults = {
    .scenario = "fanout",
    .path = "/socket.io/?EIO=4&transport=websocket",
    .said = "42[\"said\",",
    .ready = "40",
    .marker = "missed",
    .clients = 1,
    .concurrent = 64,
    .size = 100,
    .window = 1,
    .warm_up = 1,
    .seconds = 3,
    .settle = 2,
    .rate = 100,
    .limit_ms = 50,
    .patience = 20,
    .deadline = 120,
};

static void set(struct options *options, const char *name, size_t length, const char *value) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct option *option = &known[i];
        void *place = (char *)options + option->offset;
        if (strlen(option->name) != length || strncmp(option->name, name, length)) continue;
        if (option->kind == TEXT) *(const char **)place = value;
        if (option->kind == WHOLE) *(int *)place = atoi(value);
        if (option->kind == REAL) *(double *)place = atof(value);
        return;
    }
    die("unknown option: %s", name);
}

struct options options_read(int count, char **arguments) {
    struct options options = defaults;
    for (int i = 1; i < count; i++) {
        const char *equals = strchr(arguments[i], '=');
        if (!equals) die("not name=value: %s", arguments[i]);
        set(&options, arguments[i], (size_t)(equals - arguments[i]), equals + 1);
    }
    return options;
}
