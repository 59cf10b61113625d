#define _GNU_SOURCE
#include "sends.h"

#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "report.h"
#include "rooms.h"

static const char ACCEPTED[] = "[{\"ok\":true";
static const char RETRYABLE[] = "\"retryable\":true"; /* as protocol.md says it */
static const char WHEN[] = "\"retry_after_ms\":";

struct sent {
    uint64_t due_at;
    struct sends *stretch; /* none once it is answered */
};

static struct sent *all;
static uint64_t sent, room_for, unanswered;

static struct sent *next_number(void) {
    if (sent == room_for) {
        room_for = room_for ? 2 * room_for : 1 << 20;
        all = realloc(all, room_for * sizeof *all);
        if (!all) die("no memory");
    }
    return &all[sent++];
}

static void send_one(struct sends *stretch, uint64_t due_at) {
    uint64_t number = sent;
    *next_number() = (struct sent){.due_at = due_at, .stretch = stretch};
    rooms_send(crowd_get((int)(number % (uint64_t)crowd_size())), number);
    stretch->asked++;
    unanswered++;
}

void sends_acknowledged(struct client *client, const char *payload, size_t length) {
    char *body;
    uint64_t number = strtoull(payload + 2, &body, 10);
    size_t left = length - (size_t)(body - payload);
    (void)client;
    if (number >= sent || !all[number].stretch) die("an answer to nothing: %.*s", (int)length, payload);
    struct sends *stretch = all[number].stretch;
    all[number].stretch = NULL;
    unanswered--;
    if (left >= sizeof ACCEPTED - 1 && !memcmp(body, ACCEPTED, sizeof ACCEPTED - 1)) {
        stretch->accepted++;
        histogram_add(&stretch->latency, now_ns() - all[number].due_at);
    } else if (memmem(body, left, RETRYABLE, sizeof RETRYABLE - 1) &&
               memmem(body, left, WHEN, sizeof WHEN - 1)) {
        stretch->refused++;
    } else {
        stretch->broken++;
    }
}

void sends_run(struct sends *stretch, double rate, double seconds) {
    uint64_t began = now_ns(), end = began + (uint64_t)(seconds * SECOND);
    stretch->rate = rate;
    stretch->seconds = seconds;
    for (uint64_t due = began; due < end;) {
        for (; due <= now_ns() && due < end;
             due = began + (uint64_t)((double)stretch->asked * SECOND / rate))
            send_one(stretch, due);
        loop_turn(due < end ? due : end);
    }
}

uint64_t sends_drain(double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * SECOND);
    while (unanswered && now_ns() < deadline) loop_turn(now_ns() + 10 * MILLISECOND);
    return unanswered;
}

void sends_report(const char *name, const struct sends *stretch) {
    report_part(name);
    report_number("rate", stretch->rate);
    report_number("goodput", (double)stretch->accepted / stretch->seconds);
    report_number("asked", (double)stretch->asked);
    report_number("refused", (double)stretch->refused);
    report_number("broken", (double)stretch->broken);
    report_latency("latency", &stretch->latency);
    report_part_end();
}
