/* The rooms: who is in them, what was said, and when the last member had heard it.
 *
 * A file has a line for each room, with tabs between: what comes before the text in the packet that says
 * something, what comes after it and, where messages have an id, what comes after that. A room keeps its
 * order, so a member that has heard n messages has heard the first n: counting frames tells when the last
 * member has heard a message. That every 64th frame is the one that the count says is looked up in the
 * text itself.
 */
#ifndef ROOMS_H
#define ROOMS_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "histogram.h"

#define ROOM_RING 4096 /* messages in flight in a room */

struct room {
    const char *before;
    const char *after;
    const char *end;          /* after the id, or empty */
    struct client *speaker;
    uint32_t members;
    uint64_t said;
    uint64_t complete;        /* messages that every member has heard */
    uint32_t *reached;        /* members that have heard it, by message modulo ROOM_RING */
    uint64_t *due_at;         /* when it was said, or was to be */
};

/* What is counted since `rooms_measure`. */
struct tally {
    uint64_t deliveries;
    uint64_t messages;        /* heard by every member */
    struct histogram latency; /* to the last member */
};

void rooms_read(const char *path, int text_size);
int rooms_count(void);
struct room *rooms_get(int index);
/* Called with each room whose oldest message has just reached its last member. */
void rooms_on_complete(void (*completed)(struct room *room));
void rooms_enter(struct client *client);
/* Say something in the room; latency counts from `due_at`. False when too much is in flight. */
bool rooms_say(struct room *room, uint64_t due_at);

/* Send a message of this number from a client to its room, to be acknowledged under the same number. */
void rooms_send(struct client *client, uint64_t number);
/* The number in the text of a message. */
uint64_t rooms_stamp(const char *payload, size_t length);

/* For the hooks of clients. */
void rooms_heard(struct client *client, uint64_t heard_before);
void rooms_sample(struct client *client, const char *payload, size_t length);

/* Begin to count anew. */
void rooms_measure(void);
const struct tally *rooms_tally(void);
/* Messages said that some member has not heard. */
uint64_t rooms_in_flight(void);
/* Deliveries that are still to come. */
uint64_t rooms_missing(void);

#endif
