/* Commands that are acknowledged, each at a time that was fixed before, whatever comes of the others.
 *
 * A stretch is a rate held for some seconds. What is answered counts for the stretch in which it was due, and
 * its latency from when it was due: a sender that falls behind hides nothing.
 */
#ifndef SENDS_H
#define SENDS_H

#include <stdint.h>

#include "client.h"
#include "histogram.h"

/* What came of the commands of a stretch. */
struct sends {
    double rate;
    double seconds;
    uint64_t asked;
    uint64_t accepted;
    uint64_t refused;         /* retryable, with a time to come back */
    uint64_t broken;          /* refused in any other way */
    struct histogram latency; /* of the accepted */
};

/* For the hook of the crowd. */
void sends_acknowledged(struct client *client, const char *payload, size_t length);

/* Hold a rate; everybody sends in turn. */
void sends_run(struct sends *stretch, double rate, double seconds);
/* Wait until all is answered; how many were not. */
uint64_t sends_drain(double seconds);
void sends_report(const char *name, const struct sends *stretch);

#endif
