/* Messages at fixed times: a server that is late does not slow down who speaks, and latency counts
 * from the time at which a message was due, not from when it could be sent. */
#ifndef OPEN_LOOP_H
#define OPEN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "rooms.h"
#include "usage.h"

struct step {
    double rate;
    bool overrun; /* given up: more was in flight than could be heard in time */
    uint64_t in_time; /* deliveries before the last message was said */
    uint64_t lost;
    struct tally tally;
    struct usage usage;
};

/* Speak at `rate` messages a second, going round the rooms, for the other times of the options. */
struct step open_loop_run(const struct options *options, double rate);
/* The fields of a step in the report. */
void open_loop_report(const struct step *step);

#endif
