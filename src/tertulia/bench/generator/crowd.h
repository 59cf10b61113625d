/* All clients of a run: who is to dial, who is dialing, who has joined. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "histogram.h"

/* What a scenario wants to hear of beside what the crowd does itself. */
struct crowd_hooks {
    void (*joined)(struct client *client);
    void (*acknowledged)(struct client *client, const char *payload, size_t length);
    /* Every message that is heard; without this hook the rooms count them. */
    void (*heard_each)(struct client *client, const char *payload, size_t length);
    /* A client that had joined is closed; without this hook the run ends. */
    void (*lost)(struct client *client);
};

void crowd_open(const struct options *options, const struct crowd_hooks *hooks);
/* Dial everybody, `concurrent` at once, and turn until all have joined. */
void crowd_join(void);
/* Let a client that is away dial at this time or, if too many are dialing then, later. */
void crowd_dial_at(struct client *client, uint64_t at);
/* Start who is due, and handle what is ready; wait for it no longer than until `deadline`. */
void crowd_turn(uint64_t deadline);
void crowd_drop_all(void);

int crowd_size(void);
int crowd_joined(void);
struct client *crowd_get(int index);
/* Dials that failed, or were put off by 429 or 503. */
uint64_t crowd_retries(void);
/* From dialing to having joined. */
const struct histogram *crowd_handshakes(void);
/* A random number from 0 to 1. */
double crowd_random(void);

#endif
