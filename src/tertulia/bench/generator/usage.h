/* What a stretch of time costs the server and the generator. */
#ifndef USAGE_H
#define USAGE_H

#include <stdint.h>

#include "process.h"

struct usage {
    double seconds;
    struct cpu server;
    double own_cpu;    /* seconds */
    double own_wait;   /* seconds in which the generator had work and no core */
    uint64_t rss;      /* of the server, at the end */
    uint64_t rss_peak;
};

/* From now on say as a stage when a measuring begins and ends, for who looks at other processes meanwhile. */
void usage_tell(void);
void usage_begin(int server_pid);
/* Look at the memory of the server, at most ten times a second. */
void usage_look(void);
struct usage usage_end(void);

#endif
