#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crowd.h"
#include "report.h"
#include "scenarios.h"

#define PROBE_EVERY (5 * MILLISECOND)
#define LOOK_EVERY (10 * MILLISECOND)

static const char RETRYABLE[] = "\"retryable\":true"; /* as protocol.md says it */

static const struct options *options;
static struct histogram came_back;
static uint64_t listening_at;
static int caught_up, short_of_messages, put_off;
static uint64_t *ask_at; /* by client: when to ask again, or 0 */

static void ask_what_was_missed(struct client *client) {
    if (!listening_at) return;
    struct buffer packet = {0};
    buffer_append(&packet, "421", 3); /* event, with 1 as the number of its acknowledgement */
    buffer_append(&packet, client->person->catch_up, strlen(client->person->catch_up));
    client_send(client, packet.bytes, packet.length);
    buffer_free(&packet);
}

static int count_markers(const char *payload, size_t length) {
    size_t size = strlen(options->marker);
    int count = 0;
    for (const char *at = payload; (at = memmem(at, length - (size_t)(at - payload), options->marker, size));
         at += size)
        count++;
    return count;
}

static void catch_up(struct client *client, const char *payload, size_t length) {
    if (memmem(payload, length, RETRYABLE, sizeof RETRYABLE - 1)) {
        put_off++;
        ask_at[client->index] = now_ns() + (uint64_t)((0.5 + crowd_random()) * SECOND);
        return;
    }
    if (count_markers(payload, length) != options->missed) short_of_messages++;
    caught_up++;
    histogram_add(&came_back, now_ns() - listening_at);
}

static void ask_again(void) {
    static uint64_t look_at;
    uint64_t now = now_ns();
    if (now < look_at) return;
    look_at = now + LOOK_EVERY;
    for (int i = 0; i < crowd_size(); i++) {
        if (!ask_at[i] || ask_at[i] > now) continue;
        ask_at[i] = 0;
        if (crowd_get(i)->stage == JOINED) ask_what_was_missed(crowd_get(i));
    }
}

static void come_back(void) {
    while (caught_up < crowd_size()) {
        crowd_turn(now_ns() + LOOK_EVERY);
        ask_again();
    }
}

static void stay_away(struct client *client) {
    if (listening_at) die("client %d was closed again", client->index);
}

static void let_all_dial(void) {
    uint64_t spread = (uint64_t)(options->settle * SECOND);
    for (int i = 0; i < crowd_size(); i++)
        crowd_dial_at(crowd_get(i), listening_at + (uint64_t)(crowd_random() * (double)spread));
}

static bool is_listening(void) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool listening = connect(fd, (struct sockaddr *)&server, sizeof server) == 0;
    close(fd);
    return listening;
}

static void wait_for_the_server(void) {
    while (crowd_joined()) loop_turn(now_ns() + SECOND);
    report_stage("away");
    while (!is_listening()) loop_until(now_ns() + PROBE_EVERY);
    listening_at = now_ns();
}

void scenario_storm(const struct options *given) {
    static const struct crowd_hooks hooks = {
        .joined = ask_what_was_missed,
        .acknowledged = catch_up,
        .lost = stay_away,
    };
    options = given;
    ask_at = calloc((size_t)options->clients, sizeof *ask_at);
    crowd_open(options, &hooks);
    crowd_join();
    uint64_t retries = crowd_retries();
    report_stage("connected");
    wait_for_the_server();
    usage_begin(options->server_pid);
    let_all_dial();
    come_back();
    struct usage usage = usage_end();

    report_begin();
    report_number("connections", crowd_size());
    report_number("retries", (double)(crowd_retries() - retries) + put_off);
    report_number("short", short_of_messages);
    report_latency("latency", &came_back);
    report_usage(&usage);
    report_end();
}
