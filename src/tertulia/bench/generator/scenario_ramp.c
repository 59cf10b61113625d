#include <math.h>

#include "crowd.h"
#include "histogram.h"
#include "open_loop.h"
#include "report.h"
#include "scenarios.h"

#define REFINEMENTS 3 /* halvings of the interval, in powers: to within some 9 % */
#define FASTEST 4e6
#define SLOWEST 10

static const struct options *options;

/* One try, an item of the report. */
static bool try_rate(double rate) {
    struct step step = open_loop_run(options, rate);
    double p99 = (double)histogram_quantile(&step.tally.latency, 0.99) / 1e6;
    bool carried = !step.overrun && !step.lost && p99 <= options->limit_ms;
    report_item();
    report_number("carried", carried);
    open_loop_report(&step);
    report_item_end();
    return carried;
}

/* Whether the server carries this rate. One bad moment of the machine is forgiven. */
static bool carries(double rate) {
    return try_rate(rate) || try_rate(rate);
}

/* The highest carried rate, 0 when there is none: doubled until it fails, or halved until it does
 * not, then looked for in between. */
static double highest_rate(void) {
    double good = 0, bad = options->rate;
    while (bad < FASTEST && carries(bad)) {
        good = bad;
        bad *= 2;
    }
    for (double rate = bad / 2; !good && rate > SLOWEST; rate /= 2) {
        if (carries(rate)) good = rate;
        else bad = rate;
    }
    for (int i = 0; good && i < REFINEMENTS; i++) {
        double middle = sqrt(good * bad);
        if (carries(middle)) good = middle;
        else bad = middle;
    }
    return good;
}

void scenario_ramp(const struct options *given) {
    static const struct crowd_hooks hooks = {.joined = rooms_enter};
    options = given;
    crowd_open(options, &hooks);
    crowd_join();
    report_begin();
    report_list("steps");
    double highest = highest_rate();
    report_list_end();
    report_number("highest", highest);
    report_end();
}
