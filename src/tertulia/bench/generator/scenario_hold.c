#define _GNU_SOURCE
#include <signal.h>

#include "crowd.h"
#include "process.h"
#include "report.h"
#include "scenarios.h"

#define FIRST_FEW 10 /* connections before the first look: what is loaded once is no connection's */
#define PAUSE (SECOND / 2)

static const struct options *options;

/* The resident memory of the server after it has collected its garbage. */
static double settled_rss(double seconds) {
    loop_until(now_ns() + (uint64_t)(seconds * SECOND));
    if (options->collect) kill(options->server_pid, SIGUSR2);
    loop_until(now_ns() + PAUSE);
    return (double)process_rss(options->server_pid);
}

static double rss_at_start(void) {
    static const struct crowd_hooks hooks = {0};
    struct options few = *options;
    few.clients = FIRST_FEW;
    crowd_open(&few, &hooks);
    crowd_join();
    crowd_drop_all();
    return settled_rss(0.5);
}

void scenario_hold(const struct options *given) {
    static const struct crowd_hooks hooks = {0};
    options = given;
    double before = rss_at_start();
    crowd_open(options, &hooks);
    crowd_join();
    double after = settled_rss(options->settle);
    uint64_t pings = clients_pings();
    usage_begin(options->server_pid);
    loop_until(now_ns() + (uint64_t)(options->seconds * SECOND));
    struct usage usage = usage_end();

    report_begin();
    report_number("connections", crowd_size());
    report_number("rss_before", before);
    report_number("rss_after", after);
    report_number("pings", (double)(clients_pings() - pings));
    report_number("retries", (double)crowd_retries());
    report_usage(&usage);
    report_end();
}
