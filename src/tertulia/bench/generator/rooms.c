#define _GNU_SOURCE
#include "rooms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lines.h"

#define STAMP "~%010" PRIu64 "~" /* the number of the message in its room */
#define STAMP_LENGTH 12

static struct room *rooms;
static int count;
static int text_size;
static struct tally tally;
static uint64_t in_flight;
static void (*on_complete)(struct room *room);

void rooms_read(const char *path, int size) {
    char **lines = lines_read(path, &count);
    if (size < STAMP_LENGTH) die("a text has at least %d bytes", STAMP_LENGTH);
    text_size = size;
    rooms = calloc((size_t)count, sizeof *rooms);
    for (int i = 0; i < count; i++) {
        char *rest = lines[i];
        rooms[i].before = lines_field(&rest);
        rooms[i].after = lines_field(&rest);
        rooms[i].end = lines_field(&rest);
        rooms[i].reached = calloc(ROOM_RING, sizeof *rooms[i].reached);
        rooms[i].due_at = calloc(ROOM_RING, sizeof *rooms[i].due_at);
    }
    free(lines);
}

int rooms_count(void) {
    return count;
}

struct room *rooms_get(int index) {
    return &rooms[index];
}

void rooms_on_complete(void (*completed)(struct room *room)) {
    on_complete = completed;
}

void rooms_enter(struct client *client) {
    struct room *room = &rooms[client->person->room];
    if (client->slow) return;
    room->members++;
    room->speaker = client;
}

static void append(struct buffer *packet, const char *part) {
    buffer_append(packet, part, strlen(part));
}

static void append_text(struct buffer *packet, uint64_t number) {
    char *text = buffer_reserve(packet, (size_t)text_size + 1);
    memset(text, 'a', (size_t)text_size);
    snprintf(text, STAMP_LENGTH + 1, STAMP, number);
    if (text_size > STAMP_LENGTH) text[STAMP_LENGTH] = 'a';
    packet->length += (size_t)text_size;
}

/* A UUIDv7 (RFC 9562): the time in milliseconds, then how many were made before. */
static void append_id(struct buffer *packet) {
    static uint64_t made;
    struct timespec now;
    char id[40];
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    snprintf(id, sizeof id, "%08" PRIx64 "-%04" PRIx64 "-7000-8000-%012" PRIx64, ms >> 16 & 0xffffffff,
             ms & 0xffff, made++ & 0xffffffffffff);
    append(packet, id);
}

static void append_rest(struct buffer *packet, const struct room *room) {
    append(packet, room->after);
    if (!*room->end) return;
    append_id(packet);
    append(packet, room->end);
}

bool rooms_say(struct room *room, uint64_t due_at) {
    static struct buffer packet;
    if (room->said - room->complete == ROOM_RING) return false;
    packet.length = 0;
    append(&packet, room->before);
    append_text(&packet, room->said);
    append_rest(&packet, room);
    client_send(room->speaker, packet.bytes, packet.length);
    room->due_at[room->said++ % ROOM_RING] = due_at;
    in_flight++;
    return true;
}

void rooms_send(struct client *client, uint64_t number) {
    static struct buffer packet;
    const struct room *room = &rooms[client->person->room];
    char ack[24];
    snprintf(ack, sizeof ack, "%" PRIu64, number);
    packet.length = 0;
    buffer_append(&packet, room->before, 2); /* the types of the packet */
    append(&packet, ack);
    append(&packet, room->before + 2);
    append_text(&packet, number);
    append_rest(&packet, room);
    client_send(client, packet.bytes, packet.length);
}

static void complete(struct room *room, uint64_t now) {
    uint64_t place = room->complete++ % ROOM_RING;
    room->reached[place] = 0;
    in_flight--;
    tally.messages++;
    histogram_add(&tally.latency, now - room->due_at[place]);
    if (on_complete) on_complete(room);
}

void rooms_heard(struct client *client, uint64_t heard_before) {
    struct room *room = &rooms[client->person->room];
    if (client->slow) return;
    if (client->heard > room->said) die("a message came that nobody said");
    tally.deliveries += client->heard - heard_before;
    for (uint64_t message = heard_before; message < client->heard; message++)
        room->reached[message % ROOM_RING]++;
    if (room->reached[room->complete % ROOM_RING] < room->members) return;
    uint64_t now = now_ns();
    while (room->complete < room->said &&
           room->reached[room->complete % ROOM_RING] == room->members)
        complete(room, now);
}

uint64_t rooms_stamp(const char *payload, size_t length) {
    const char *stamp = memchr(payload, '~', length);
    if (!stamp || payload + length - stamp < STAMP_LENGTH)
        die("a message without a stamp: %.*s", (int)length, payload);
    return strtoull(stamp + 1, NULL, 10);
}

void rooms_sample(struct client *client, const char *payload, size_t length) {
    uint64_t wanted = client->heard - 1;
    uint64_t number = rooms_stamp(payload, length);
    if (number != wanted)
        die("lost or out of order: message %" PRIu64 " came where %" PRIu64 " was due", number, wanted);
}

void rooms_measure(void) {
    memset(&tally, 0, sizeof tally);
}

const struct tally *rooms_tally(void) {
    return &tally;
}

uint64_t rooms_in_flight(void) {
    return in_flight;
}

uint64_t rooms_missing(void) {
    uint64_t missing = 0;
    for (int i = 0; i < count; i++)
        for (uint64_t message = rooms[i].complete; message < rooms[i].said; message++)
            missing += rooms[i].members - rooms[i].reached[message % ROOM_RING];
    return missing;
}
