/* A server that does nothing but write: the ceiling of the generator.
 *
 *     null_server 8000
 *
 * It answers the upgrade and CONNECT as far as the generator looks, and sends each text that it gets
 * to all of the room that its sender said to be in, as one write to each for every turn: no JSON, no
 * check, no heartbeat.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "loop.h"
#include "process.h"
#include "websocket.h"

#define ROOMS 65536

static const char ANSWER[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

struct peer {
    struct source source;
    struct peer *next; /* in its room */
    int fd;
    int room;
    bool upgraded;
    struct buffer in;
    struct buffer out;
};

struct room {
    struct peer *first;
    struct buffer due; /* the frames of this turn */
};

static struct room rooms[ROOMS];
static int spoken_in[ROOMS], spoken_count; /* the rooms with something due */

static void append_text(struct buffer *out, const char *payload, size_t length) {
    char head[4] = {(char)0x81, (char)length};
    size_t size = 2;
    if (length > 125) {
        head[1] = 126;
        head[2] = (char)(length >> 8);
        head[3] = (char)length;
        size = 4;
    }
    buffer_append(out, head, size);
    buffer_append(out, payload, length);
}

static void push(struct peer *peer) {
    ssize_t sent = peer->out.length
                       ? send(peer->fd, peer->out.bytes, peer->out.length, MSG_NOSIGNAL)
                       : 0;
    if (sent > 0) buffer_consume(&peer->out, (size_t)sent);
    loop_rewatch(peer->fd, &peer->source, EPOLLIN | (peer->out.length ? EPOLLOUT : 0));
}

/* Straight from the shared bytes, unless the peer is behind. */
static void write_to(struct peer *peer, const struct buffer *frames) {
    ssize_t sent = 0;
    if (!peer->out.length) sent = send(peer->fd, frames->bytes, frames->length, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    if ((size_t)sent == frames->length) return;
    buffer_append(&peer->out, frames->bytes + sent, frames->length - (size_t)sent);
    loop_rewatch(peer->fd, &peer->source, EPOLLIN | EPOLLOUT);
}

static void flush_rooms(void) {
    for (int i = 0; i < spoken_count; i++) {
        struct room *room = &rooms[spoken_in[i]];
        for (struct peer *peer = room->first; peer; peer = peer->next) write_to(peer, &room->due);
        room->due.length = 0;
    }
    spoken_count = 0;
}

/* The first of its rooms is the one that counts: `["r17"`. */
static void enter(struct peer *peer, const char *auth, size_t length) {
    const char *name = memmem(auth, length, "[\"r", 3);
    peer->room = name ? atoi(name + 3) % ROOMS : 0;
    peer->next = rooms[peer->room].first;
    rooms[peer->room].first = peer;
    append_text(&peer->out, "40{}", 4);
    push(peer);
}

static void say(struct peer *peer, const char *stamp, size_t length) {
    static const char begin[] = "42[\"said\",\"";
    static struct buffer said;
    struct room *room = &rooms[peer->room];
    said.length = 0;
    buffer_append(&said, begin, sizeof begin - 1);
    buffer_append(&said, stamp, length);
    if (!room->due.length) spoken_in[spoken_count++] = peer->room;
    append_text(&room->due, said.bytes, said.length);
}

static void on_text(struct peer *peer, char *payload, size_t length) {
    char *stamp = memchr(payload, '~', length);
    if (length > 2 && !memcmp(payload, "40", 2)) enter(peer, payload, length);
    else if (stamp) say(peer, stamp, length - (size_t)(stamp - payload));
}

static size_t unmask(struct peer *peer, char *bytes, size_t length) {
    struct frame frame;
    size_t size = ws_walk(bytes, length, &frame);
    if (!size || length < size + 4) return 0;
    char *mask = (char *)frame.payload, *payload = mask + 4;
    for (size_t i = 0; i < frame.length; i++) payload[i] ^= mask[i & 3];
    on_text(peer, payload, frame.length);
    return size + 4;
}

static void upgrade(struct peer *peer) {
    int status;
    if (!ws_answer(peer->in.bytes, peer->in.length, &status)) return;
    peer->in.length = 0;
    peer->upgraded = true;
    buffer_append(&peer->out, ANSWER, sizeof ANSWER - 1);
    append_text(&peer->out, "0{}", 3);
    push(peer);
}

static void leave(struct peer *peer) {
    close(peer->fd);
    peer->fd = -1;
}

static void on_peer(struct source *source, uint32_t events) {
    struct peer *peer = (struct peer *)source;
    ssize_t got = recv(peer->fd, buffer_reserve(&peer->in, 65536), 65536, MSG_DONTWAIT);
    if (events & EPOLLOUT) push(peer);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) leave(peer);
        return;
    }
    peer->in.length += (size_t)got;
    if (!peer->upgraded) {
        upgrade(peer);
        return;
    }
    size_t done = 0, size;
    while ((size = unmask(peer, peer->in.bytes + done, peer->in.length - done))) done += size;
    buffer_consume(&peer->in, done);
}

static void on_listener(struct source *source, uint32_t events) {
    struct peer *listener = (struct peer *)source;
    (void)events;
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int on = 1;
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct peer *peer = calloc(1, sizeof *peer);
    *peer = (struct peer){.source = {on_peer}, .fd = fd};
    loop_watch(fd, &peer->source, EPOLLIN);
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0)
        die("cannot listen on %d: %s", port, strerror(errno));
    return fd;
}

int main(int count, char **arguments) {
    static struct peer listener = {.source = {on_listener}};
    if (count != 2) die("usage: null_server PORT");
    raise_open_files();
    loop_open();
    listener.fd = listen_on(atoi(arguments[1]));
    loop_watch(listener.fd, &listener.source, EPOLLIN);
    loop_before_waiting(flush_rooms);
    for (;;) loop_turn(now_ns() + SECOND);
}
