#include "crowd.h"
#include "report.h"
#include "scenarios.h"

void scenario_connect(const struct options *options) {
    static const struct crowd_hooks hooks = {0};
    crowd_open(options, &hooks);
    usage_begin(options->server_pid);
    crowd_join();
    struct usage usage = usage_end();

    report_begin();
    report_number("connections", crowd_size());
    report_number("retries", (double)crowd_retries());
    report_latency("latency", crowd_handshakes());
    report_usage(&usage);
    report_end();
}
