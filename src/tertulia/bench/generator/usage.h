/* What a stretch of time costs the server and the generator. */
#ifndef USAGE_H
#define USAGE_H

#include <stdint.h>

#include "process.h"

struct usage {
    double seconds;
    struct cpu server;
    double own_cpu;    /* seconds */
    uint64_t rss;      /* of the server, at the end */
    uint64_t rss_peak;
};

void usage_begin(int server_pid);
/* Look at the memory of the server, at most ten times a second. */
void usage_look(void);
struct usage usage_end(void);

#endif
