#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "report.h"
#include "rooms.h"
#include "scenarios.h"

#define RING 65536 /* messages of all rooms among which those in flight are */

/* A message, under its number modulo RING. It is done when it is acknowledged and all have heard it. */
struct message {
    uint64_t number;
    uint64_t said_at;
    struct client *author;
    int unheard;           /* members who have yet to hear it */
    bool acknowledged;
    bool done;
};

/* The one order of a room, as the first member to hear each message tells it. */
struct order {
    uint64_t length;
    uint64_t numbers[RING];
};

static const char OK[] = "\"ok\":true";

static struct message messages[RING];
static struct order *orders;             /* by room */
static uint64_t *latest;                 /* by client: its latest message in the order, and one */
static uint64_t said, done, deliveries, acknowledgements;
static struct histogram until_heard, until_acknowledged;
static bool speaking;

static struct message *in_flight(uint64_t number) {
    struct message *message = &messages[number % RING];
    if (number >= said || message->number != number || message->done)
        die("message %" PRIu64 " came, which is not in flight", number);
    return message;
}

static void say(struct client *client) {
    struct message *message = &messages[said % RING];
    if (said >= RING && !message->done) die("message %" PRIu64 " was overtaken by too many", message->number);
    *message = (struct message){
        .number = said,
        .said_at = now_ns(),
        .author = client,
        .unheard = (int)rooms_get(client->person->room)->members,
    };
    rooms_send(client, said++);
}

static void look_if_done(struct message *message) {
    if (message->unheard || !message->acknowledged) return;
    message->done = true;
    done++;
    histogram_add(&until_heard, now_ns() - message->said_at);
    if (speaking) say(message->author);
}

static void acknowledged(struct client *client, const char *payload, size_t length) {
    struct message *message = in_flight(strtoull(payload + 2, NULL, 10));
    (void)client;
    if (!memmem(payload, length, OK, sizeof OK - 1)) die("refused: %.*s", (int)length, payload);
    message->acknowledged = true;
    acknowledgements++;
    histogram_add(&until_acknowledged, now_ns() - message->said_at);
    look_if_done(message);
}

/* Those of one author come in the order in which it said them, and each of them once. */
static void put_in_order(struct order *order, struct message *message) {
    uint64_t *of_author = &latest[message->author->index];
    if (message->number < *of_author)
        die("out of order or twice: message %" PRIu64 " of client %d", message->number, message->author->index);
    *of_author = message->number + 1;
    order->numbers[order->length++ % RING] = message->number;
}

static void heard(struct client *client, const char *payload, size_t length) {
    struct order *order = &orders[client->person->room];
    struct message *message = in_flight(rooms_stamp(payload, length));
    uint64_t place = client->heard - 1;
    if (place == order->length) put_in_order(order, message);
    if (order->numbers[place % RING] != message->number)
        die("lost or out of order: message %" PRIu64 " came where %" PRIu64 " was due", message->number,
            order->numbers[place % RING]);
    message->unheard--;
    deliveries++;
    look_if_done(message);
}

/* Everybody has a share of the window, and speaks again when a message of theirs is done. */
static void begin_to_speak(int window) {
    speaking = true;
    for (int n = 0; n < window; n++) say(crowd_get(n % crowd_size()));
}

static void measure(const struct options *options, struct usage *usage) {
    loop_until(now_ns() + (uint64_t)(options->warm_up * SECOND));
    histogram_clear(&until_heard);
    histogram_clear(&until_acknowledged);
    uint64_t done_before = done, heard_before = deliveries, acknowledged_before = acknowledgements;
    usage_begin(options->server_pid);
    loop_until(now_ns() + (uint64_t)(options->seconds * SECOND));
    *usage = usage_end();
    report_begin();
    report_number("messages", (double)(done - done_before));
    report_number("deliveries", (double)(deliveries - heard_before));
    report_number("acknowledgements", (double)(acknowledgements - acknowledged_before));
    report_latency("latency", &until_heard);
    report_latency("ack_latency", &until_acknowledged);
}

static void finish(double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * SECOND);
    speaking = false;
    while (done < said && now_ns() < deadline) loop_turn(deadline);
}

void scenario_durable(const struct options *options) {
    static const struct crowd_hooks hooks = {
        .joined = rooms_enter,
        .acknowledged = acknowledged,
        .heard_each = heard,
    };
    struct usage usage;
    orders = calloc((size_t)rooms_count(), sizeof *orders);
    latest = calloc((size_t)options->clients, sizeof *latest);
    usage_tell();
    crowd_open(options, &hooks);
    crowd_join();
    begin_to_speak(options->window);
    measure(options, &usage);
    finish(options->patience);
    report_number("lost", (double)(said - done));
    report_usage(&usage);
    report_end();
}
