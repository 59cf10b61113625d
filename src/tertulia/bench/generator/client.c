#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "websocket.h"

#define READ_SIZE (1 << 20)
#define ADDRESSES 32         /* 127.0.1.1 and on: each has all ports of its own */
#define SLOW_RECEIVE_BUFFER 4096

static const char RETRYABLE[] = "\"retryable\":true"; /* as protocol.md says it */

static const struct options *options;
static struct client_hooks hooks;
static size_t said_length, ready_length;
static struct client **unflushed;
static int unflushed_count, unflushed_capacity;
static uint64_t pings;
static bool anybody_joined;

static void on_ready(struct source *source, uint32_t events);
static void flush_all(void);

void clients_configure(const struct options *given, const struct client_hooks *given_hooks) {
    options = given;
    hooks = *given_hooks;
    said_length = strlen(options->said);
    ready_length = strlen(options->ready);
    loop_before_waiting(flush_all);
}

uint64_t clients_pings(void) {
    return pings;
}

/* --- writing ------------------------------------------------------------------------------- */

static void flush_later(struct client *client) {
    if (client->unflushed) return;
    client->unflushed = true;
    if (unflushed_count == unflushed_capacity) {
        unflushed_capacity = unflushed_capacity ? unflushed_capacity * 2 : 64;
        unflushed = realloc(unflushed, sizeof *unflushed * (size_t)unflushed_capacity);
    }
    unflushed[unflushed_count++] = client;
}

static void flush(struct client *client) {
    client->unflushed = false;
    if (client->stage < UPGRADING || !client->out.length) return;
    ssize_t sent = send(client->fd, client->out.bytes, client->out.length, MSG_NOSIGNAL);
    if (sent > 0) buffer_consume(&client->out, (size_t)sent);
    if (!client->out.length) buffer_free(&client->out);
    uint32_t more = client->out.length ? EPOLLOUT : 0;
    if (more || sent < 0) loop_rewatch(client->fd, &client->source, EPOLLIN | more);
}

static void flush_all(void) {
    int count = unflushed_count;
    unflushed_count = 0;
    for (int i = 0; i < count; i++) flush(unflushed[i]);
}

void client_send(struct client *client, const char *packet, size_t length) {
    ws_append(&client->out, WS_TEXT, packet, length);
    flush_later(client);
}

/* --- coming and going ---------------------------------------------------------------------- */

static void bind_source(struct client *client) {
    int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(0x7f000101u + (unsigned)(client->index % ADDRESSES));
    setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(client->fd, (struct sockaddr *)&address, sizeof address) < 0)
        die("bind: %s", strerror(errno));
}

void client_dial(struct client *client) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    struct linger at_once = {1, 0};
    int on = 1, small = SLOW_RECEIVE_BUFFER;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd < 0) die("socket: %s", strerror(errno));
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (client->slow) setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    bind_source(client);
    client->source.on_ready = on_ready;
    client->stage = CONNECTING;
    client->dialed_at = now_ns();
    client->heard = 0;
    client->refused = false;
    connect(client->fd, (struct sockaddr *)&server, sizeof server);
    loop_watch(client->fd, &client->source, EPOLLOUT);
}

void client_drop(struct client *client) {
    if (client->stage == AWAY) return;
    client->stage = AWAY;
    close(client->fd);
    client->fd = -1;
    buffer_free(&client->in);
    buffer_free(&client->out);
}

static void lose(struct client *client, double retry_after) {
    enum stage was = client->stage;
    client_drop(client);
    if (hooks.closed) hooks.closed(client, was, retry_after);
}

static void connected(struct client *client) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        lose(client, 0);
        return;
    }
    client->stage = UPGRADING;
    loop_rewatch(client->fd, &client->source, EPOLLIN);
    ws_ask(&client->out, "127.0.0.1", options->port, options->path);
    flush_later(client);
}

static void join(struct client *client) {
    client->stage = JOINED;
    anybody_joined = true;
    if (client->slow) loop_forget(client->fd);
    if (hooks.joined) hooks.joined(client);
}

/* --- reading ------------------------------------------------------------------------------- */

static void say_hello(struct client *client) {
    struct buffer packet = {0};
    buffer_append(&packet, "40", 2);
    buffer_append(&packet, client->person->auth, strlen(client->person->auth));
    client_send(client, packet.bytes, packet.length);
    buffer_free(&packet);
}

/* Whom it never took in, and does not ask to come again, does something wrong; else it is the server that has
 * too much to do. */
static void refused(struct client *client, const char *payload, size_t length) {
    bool later = memmem(payload, length, RETRYABLE, sizeof RETRYABLE - 1);
    if (!anybody_joined && !later) die("the server refuses: %.*s", (int)length, payload);
    client->refused = true;
}

static void on_packet(struct client *client, const char *payload, size_t length) {
    if (payload[0] == '2') {
        pings++;
        client_send(client, "3", 1);
    } else if (client->stage == JOINING) {
        if (payload[0] == '0') say_hello(client);
        if (length >= 2 && !memcmp(payload, "44", 2)) refused(client, payload, length);
        if (length >= ready_length && !memcmp(payload, options->ready, ready_length)) join(client);
    } else if (payload[0] == '4' && length > 1 && payload[1] == '3') {
        if (hooks.acknowledged) hooks.acknowledged(client, payload, length);
    }
}

static inline void on_text(struct client *client, const char *payload, size_t length) {
    if (length < said_length || memcmp(payload, options->said, said_length)) {
        if (length) on_packet(client, payload, length);
    } else if (client->heard++ % hooks.sample_every == 0 && hooks.sample) {
        hooks.sample(client, payload, length);
    }
}

/* The bytes of whole frames at the front, after each has been looked at. */
static size_t walk(struct client *client, const char *bytes, size_t length) {
    size_t done = 0, size;
    struct frame frame;
    uint64_t heard_before = client->heard;
    while ((size = ws_walk(bytes + done, length - done, &frame))) {
        done += size;
        if (frame.opcode == WS_TEXT) on_text(client, frame.payload, frame.length);
        if (frame.opcode == WS_CLOSE || client->refused) break;
        if (client->slow && client->stage == JOINED) return done;
    }
    if (client->heard != heard_before && hooks.heard) hooks.heard(client, heard_before);
    if ((size && frame.opcode == WS_CLOSE) || client->refused) lose(client, 0);
    return done;
}

static double retry_after(const char *head, size_t length) {
    const char *header = memmem(head, length, "etry-", 5);
    const char *colon = header ? memchr(header, ':', length - (size_t)(header - head)) : NULL;
    return colon ? atof(colon + 1) : 0;
}

static size_t read_answer(struct client *client, const char *bytes, size_t length) {
    int status = 0;
    size_t head = ws_answer(bytes, length, &status);
    if (!head) return 0;
    if (status == 101) {
        client->stage = JOINING;
    } else if (status == 429 || status == 503) {
        lose(client, retry_after(bytes, head));
    } else {
        die("the server answers HTTP %d to the upgrade", status);
    }
    return head;
}

static void take(struct client *client, const char *bytes, size_t length) {
    size_t done = 0;
    if (client->stage == UPGRADING) done = read_answer(client, bytes, length);
    if (client->stage >= JOINING) done += walk(client, bytes + done, length - done);
    if (client->stage == AWAY) return;
    client->in.length = 0;
    if (done < length) buffer_append(&client->in, bytes + done, length - done);
    if (done == length) buffer_free(&client->in);
}

static void receive(struct client *client) {
    static char bytes[READ_SIZE];
    size_t kept = client->in.length;
    if (kept > READ_SIZE / 2) die("a frame of more than %d bytes", READ_SIZE / 2);
    memcpy(bytes, client->in.bytes ? client->in.bytes : "", kept);
    ssize_t got = recv(client->fd, bytes + kept, READ_SIZE - kept, 0);
    if (got > 0) {
        take(client, bytes, kept + (size_t)got);
    } else if (got == 0 || errno != EAGAIN) {
        lose(client, 0);
    }
}

static void on_ready(struct source *source, uint32_t events) {
    struct client *client = (struct client *)source;
    if (client->stage == AWAY) return;
    if (client->stage == CONNECTING) {
        connected(client);
        return;
    }
    if (events & EPOLLOUT) {
        loop_rewatch(client->fd, &client->source, EPOLLIN);
        flush_later(client);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(client);
}
