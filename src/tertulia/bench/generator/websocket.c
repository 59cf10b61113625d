#define _GNU_SOURCE
#include "websocket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Servers have to unmask whatever the key is; which one it is makes no difference to them. */
static const unsigned char MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

void ws_ask(struct buffer *out, const char *host, int port, const char *path) {
    char *request;
    int length = asprintf(&request,
                          "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n\r\n",
                          path, host, port);
    buffer_append(out, request, (size_t)length);
    free(request);
}

size_t ws_answer(const char *bytes, size_t length, int *status) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    *status = length > 12 ? atoi(bytes + 9) : 0;
    return (size_t)(end - bytes) + 4;
}

static size_t write_header(unsigned char *head, enum opcode opcode, size_t length) {
    head[0] = 0x80 | (unsigned char)opcode;
    if (length < 126) {
        head[1] = 0x80 | (unsigned char)length;
        return 2;
    }
    if (length < 65536) {
        head[1] = 0x80 | 126;
        head[2] = (unsigned char)(length >> 8);
        head[3] = (unsigned char)length;
        return 4;
    }
    head[1] = 0x80 | 127;
    for (int i = 0; i < 8; i++) head[2 + i] = (unsigned char)(length >> (56 - 8 * i));
    return 10;
}

void ws_append(struct buffer *out, enum opcode opcode, const char *payload, size_t length) {
    unsigned char *bytes = (unsigned char *)buffer_reserve(out, length + 14);
    size_t header = write_header(bytes, opcode, length);
    memcpy(bytes + header, MASK, sizeof MASK);
    unsigned char *body = bytes + header + sizeof MASK;
    for (size_t i = 0; i < length; i++) body[i] = (unsigned char)payload[i] ^ MASK[i & 3];
    out->length += header + sizeof MASK + length;
}
