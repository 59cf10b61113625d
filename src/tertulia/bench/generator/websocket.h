/* WebSocket (RFC 6455) as a client speaks it: the upgrade, masked frames out, plain frames in. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum opcode { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct frame {
    int opcode;
    const char *payload;
    size_t length;
};

/* Append the request that asks for the upgrade. */
void ws_ask(struct buffer *out, const char *host, int port, const char *path);

/* The length of a whole HTTP answer head, 0 when its end is not there; `status` is its code. */
size_t ws_answer(const char *bytes, size_t length, int *status);

/* Append one masked frame. */
void ws_append(struct buffer *out, enum opcode opcode, const char *payload, size_t length);

/* The size of the unmasked frame at the front, 0 when it is not whole. */
static inline size_t ws_walk(const char *bytes, size_t length, struct frame *frame) {
    const unsigned char *head = (const unsigned char *)bytes;
    if (length < 2) return 0;
    size_t header = 2, size = head[1] & 0x7f;
    if (size == 126) {
        if (length < 4) return 0;
        size = (size_t)head[2] << 8 | head[3];
        header = 4;
    } else if (size == 127) {
        if (length < 10) return 0;
        size = 0;
        for (int i = 2; i < 10; i++) size = size << 8 | head[i];
        header = 10;
    }
    if (length - header < size || length < header) return 0;
    frame->opcode = head[0] & 0x0f;
    frame->payload = bytes + header;
    frame->length = size;
    return header + size;
}

#endif
