#define _GNU_SOURCE
#include "loop.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENTS 512

static int epoll_fd = -1;
static void (*before_waiting)(void);

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void loop_open(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) die("epoll: %s", strerror(errno));
}

static void control(int operation, int fd, struct source *source, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(epoll_fd, operation, fd, &event) < 0) die("epoll_ctl: %s", strerror(errno));
}

void loop_watch(int fd, struct source *source, uint32_t events) {
    control(EPOLL_CTL_ADD, fd, source, events);
}

void loop_rewatch(int fd, struct source *source, uint32_t events) {
    control(EPOLL_CTL_MOD, fd, source, events);
}

void loop_forget(int fd) {
    control(EPOLL_CTL_DEL, fd, NULL, 0);
}

void loop_before_waiting(void (*flush)(void)) {
    before_waiting = flush;
}

void loop_turn(uint64_t deadline) {
    static struct epoll_event events[EVENTS];
    uint64_t now = now_ns();
    uint64_t wait = deadline > now ? deadline - now : 0;
    struct timespec timeout = {(time_t)(wait / SECOND), (long)(wait % SECOND)};
    if (before_waiting) before_waiting();
    int count = epoll_pwait2(epoll_fd, events, EVENTS, &timeout, NULL);
    if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        source->on_ready(source, events[i].events);
    }
}

void loop_until(uint64_t deadline) {
    while (now_ns() < deadline) loop_turn(deadline);
}
