/* One Socket.IO client (Engine.IO 4 over WebSocket): comes in, hears, speaks, and answers pings. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "loop.h"
#include "options.h"
#include "people.h"

enum stage { AWAY, CONNECTING, UPGRADING, JOINING, JOINED };

struct client {
    struct source source;
    enum stage stage;
    int index;
    int fd;
    bool slow;                /* never reads once it has joined */
    bool unflushed;
    bool refused;             /* by an answer to CONNECT */
    const struct person *person;
    uint64_t heard;           /* messages of its room */
    uint64_t dialed_at;
    uint64_t dial_at;         /* when it is away: when to dial, or 0 */
    struct buffer in;         /* the beginning of a frame whose end has not come */
    struct buffer out;
};

/* What a scenario does when something happens; null where it does nothing. */
struct client_hooks {
    void (*joined)(struct client *client);
    /* It has now heard the messages from `heard_before` on, the last one not included. */
    void (*heard)(struct client *client, uint64_t heard_before);
    /* One in `sample_every` messages, to look inside. */
    void (*sample)(struct client *client, const char *payload, size_t length);
    unsigned sample_every;
    void (*acknowledged)(struct client *client, const char *payload, size_t length);
    /* It was this far; `retry_after` is in seconds, as an HTTP answer said, or 0. */
    void (*closed)(struct client *client, enum stage was, double retry_after);
};

void clients_configure(const struct options *options, const struct client_hooks *hooks);
void client_dial(struct client *client);
/* Close at once, without a word. */
void client_drop(struct client *client);
/* Send a Socket.IO packet at the end of this turn. */
void client_send(struct client *client, const char *packet, size_t length);
/* Of all clients: pings answered. */
uint64_t clients_pings(void);

#endif
