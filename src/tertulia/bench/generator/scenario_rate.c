#include "crowd.h"
#include "open_loop.h"
#include "process.h"
#include "report.h"
#include "scenarios.h"

void scenario_rate(const struct options *options) {
    static const struct crowd_hooks hooks = {.joined = rooms_enter};
    usage_tell();
    crowd_open(options, &hooks);
    crowd_join();
    loop_until(now_ns() + (uint64_t)(options->settle * SECOND));
    double before = (double)process_rss(options->server_pid);
    struct step step = open_loop_run(options, options->rate);

    report_begin();
    report_number("rss_before", before);
    open_loop_report(&step);
    report_end();
}
