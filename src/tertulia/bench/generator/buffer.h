/* A growing array of bytes. Empty ones own no memory. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

struct buffer {
    char *bytes;
    size_t length;
    size_t capacity;
};

/* Room for `more` bytes at the end; the caller writes them and moves `length`. */
char *buffer_reserve(struct buffer *buffer, size_t more);
void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
/* Drop bytes at the front. */
void buffer_consume(struct buffer *buffer, size_t length);
void buffer_free(struct buffer *buffer);

#endif
