#include "usage.h"

#include <stdbool.h>

#include "loop.h"
#include "report.h"

#define LOOK_EVERY (100 * MILLISECOND)

static int server;
static uint64_t began_at, looked_at, peak;
static struct cpu server_began;
static double own_began, wait_began;
static bool telling;

void usage_tell(void) {
    telling = true;
}

void usage_begin(int server_pid) {
    server = server_pid;
    peak = 0;
    looked_at = 0;
    server_began = process_cpu(server);
    own_began = own_cpu();
    wait_began = own_wait();
    began_at = now_ns();
    if (telling) report_stage("measuring");
}

void usage_look(void) {
    uint64_t now = now_ns();
    if (now < looked_at + LOOK_EVERY) return;
    looked_at = now;
    uint64_t rss = process_rss(server);
    if (rss > peak) peak = rss;
}

struct usage usage_end(void) {
    struct cpu cpu = process_cpu(server);
    struct usage usage = {
        .seconds = (double)(now_ns() - began_at) / (double)SECOND,
        .server = {cpu.user - server_began.user, cpu.kernel - server_began.kernel},
        .own_cpu = own_cpu() - own_began,
        .own_wait = own_wait() - wait_began,
        .rss = process_rss(server),
    };
    usage.rss_peak = peak > usage.rss ? peak : usage.rss;
    if (telling) report_stage("measured");
    return usage;
}
