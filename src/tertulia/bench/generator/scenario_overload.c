#include <string.h>

#include "crowd.h"
#include "report.h"
#include "scenarios.h"
#include "sends.h"

#define STEP 1.25        /* from one rate of the climb to the next */
#define TOO_MUCH 0.7     /* of a rate, what is accepted where it is clearly more than can be done */
#define TIMES 3          /* the capacity that is asked for */
#define STEPS 24
#define WINDOW 0.5       /* seconds; what recovery is told by */
#define WINDOWS 40
#define NORMAL 2.0       /* times the p99 before, and a little: back to normal */
#define LITTLE_MS 10.0

static struct sends before, over, after[WINDOWS];

static double p99_ms(const struct sends *stretch) {
    return (double)histogram_quantile(&stretch->latency, 0.99) / 1e6;
}

/* What is accepted a second at this rate; 0 when that takes too long. */
static double goodput_at(double rate, const struct options *options) {
    static struct sends step;
    memset(&step, 0, sizeof step);
    sends_run(&step, rate, options->settle);
    sends_drain(options->patience);
    return p99_ms(&step) <= options->limit_ms ? (double)step.accepted / step.seconds : 0;
}

/* The most that is accepted a second, at rising rates. One bad moment of the machine is forgiven. */
static double find_peak(const struct options *options) {
    double peak = 0, rate = options->rate;
    for (int i = 0, failures = 0; i < STEPS && failures < 2; i++, rate *= STEP) {
        double goodput = goodput_at(rate, options);
        if (goodput > peak) peak = goodput;
        if (goodput < TOO_MUCH * rate) failures++;
    }
    return peak;
}

static bool is_normal(const struct sends *window, double baseline_ms) {
    return window->accepted == window->asked && p99_ms(window) <= NORMAL * baseline_ms + LITTLE_MS;
}

/* Seconds until the last window that was not normal was over. */
static double recovery(double baseline_ms) {
    int last = 0;
    for (int i = 0; i < WINDOWS; i++)
        if (!is_normal(&after[i], baseline_ms)) last = i + 1;
    return last * WINDOW;
}

void scenario_overload(const struct options *options) {
    static const struct crowd_hooks hooks = {.acknowledged = sends_acknowledged};
    crowd_open(options, &hooks);
    crowd_join();
    double peak = find_peak(options);
    if (peak <= 0) die("it carries none of the rates");
    sends_run(&before, peak / 2, options->seconds / 4);
    sends_drain(options->patience);
    usage_begin(options->server_pid);
    sends_run(&over, TIMES * peak, options->seconds);
    struct usage usage = usage_end();
    for (int i = 0; i < WINDOWS; i++) sends_run(&after[i], peak / 2, WINDOW);
    uint64_t unanswered = sends_drain(options->patience);

    report_begin();
    report_number("peak", peak);
    report_number("recovery", recovery(p99_ms(&before)));
    report_number("unanswered", (double)unanswered);
    sends_report("half", &before);
    sends_report("over", &over);
    report_usage(&usage);
    report_end();
}
