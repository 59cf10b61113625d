#define _GNU_SOURCE
#include "crowd.h"

#include <stdlib.h>

#include "rooms.h"

#define LOOK_AGAIN (5 * MILLISECOND) /* how exactly a later dial is on time */
#define RETRY_SECONDS 0.5

static const struct options *options;
static struct crowd_hooks hooks;
static struct client *clients;
static struct client **queue; /* a ring of those who may dial now */
static unsigned queue_head, queue_tail;
static int count, joined, dialing, later;
static uint64_t look_at, retries;
static struct histogram handshakes;

int crowd_size(void) { return count; }
int crowd_joined(void) { return joined; }
struct client *crowd_get(int index) { return &clients[index]; }
uint64_t crowd_retries(void) { return retries; }
const struct histogram *crowd_handshakes(void) { return &handshakes; }
double crowd_random(void) { return (double)random() / (double)RAND_MAX; }

static void enqueue(struct client *client) {
    queue[queue_tail++ % (unsigned)count] = client;
}

static void on_joined(struct client *client) {
    joined++;
    dialing--;
    histogram_add(&handshakes, now_ns() - client->dialed_at);
    if (hooks.joined) hooks.joined(client);
}

static void dial_again(struct client *client, double retry_after) {
    double wait = retry_after > 0 ? retry_after : RETRY_SECONDS;
    retries++;
    crowd_dial_at(client, now_ns() + (uint64_t)(wait * (0.5 + crowd_random()) * SECOND));
}

static void on_closed(struct client *client, enum stage was, double retry_after) {
    if (was != JOINED) {
        dialing--;
        dial_again(client, retry_after);
        return;
    }
    joined--;
    if (!hooks.lost) die("the server closed the connection of client %d", client->index);
    hooks.lost(client);
}

void crowd_open(const struct options *given, const struct crowd_hooks *given_hooks) {
    static const struct client_hooks ours = {
        .joined = on_joined,
        .heard = rooms_heard,
        .sample = rooms_sample,
        .sample_every = 64,
        .closed = on_closed,
    };
    struct client_hooks all = ours;
    options = given;
    hooks = *given_hooks;
    count = options->clients;
    clients = calloc((size_t)count, sizeof *clients);
    queue = calloc((size_t)count, sizeof *queue);
    for (int i = 0; i < count; i++) {
        clients[i].index = i;
        clients[i].slow = i < options->slow;
        clients[i].person = people_get(i);
    }
    all.acknowledged = hooks.acknowledged;
    if (hooks.heard_each) {
        all.heard = NULL;
        all.sample = hooks.heard_each;
        all.sample_every = 1;
    }
    clients_configure(options, &all);
}

void crowd_dial_at(struct client *client, uint64_t at) {
    client->dial_at = at;
    later++;
}

static void look_who_is_due(uint64_t now) {
    if (!later || now < look_at) return;
    look_at = now + LOOK_AGAIN;
    for (int i = 0; i < count; i++) {
        struct client *client = &clients[i];
        if (client->stage != AWAY || !client->dial_at || client->dial_at > now) continue;
        client->dial_at = 0;
        later--;
        enqueue(client);
    }
}

void crowd_turn(uint64_t deadline) {
    look_who_is_due(now_ns());
    while (dialing < options->concurrent && queue_head != queue_tail) {
        dialing++;
        client_dial(queue[queue_head++ % (unsigned)count]);
    }
    loop_turn(later && look_at < deadline ? look_at : deadline);
}

void crowd_join(void) {
    for (int i = 0; i < count; i++) enqueue(&clients[i]);
    while (joined < count) crowd_turn(now_ns() + SECOND);
}

void crowd_drop_all(void) {
    for (int i = 0; i < count; i++) client_drop(&clients[i]);
    joined = 0;
}
