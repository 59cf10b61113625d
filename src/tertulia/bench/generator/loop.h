/* One epoll loop: the program has one thread, so there is one loop and one clock. */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

#define SECOND 1000000000ull
#define MILLISECOND 1000000ull

struct source {
    void (*on_ready)(struct source *source, uint32_t events);
};

/* Nanoseconds of CLOCK_MONOTONIC: sender and receivers read the same clock. */
uint64_t now_ns(void);

void loop_open(void);
void loop_watch(int fd, struct source *source, uint32_t events);
void loop_rewatch(int fd, struct source *source, uint32_t events);
void loop_forget(int fd);

/* Called before each wait, for what is written together. */
void loop_before_waiting(void (*flush)(void));

/* Handle what is ready; wait for it no longer than until `deadline`. */
void loop_turn(uint64_t deadline);

/* Turn until `deadline`. */
void loop_until(uint64_t deadline);

/* Say why on standard error, and end with status 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
