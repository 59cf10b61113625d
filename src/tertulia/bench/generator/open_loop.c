#include "open_loop.h"

#include "drain.h"
#include "report.h"

#define BEHIND_SECONDS 2 /* a server this far behind will not catch up */

struct stretch {
    uint64_t began;
    uint64_t spoken; /* messages */
    double rate;
};

static uint64_t due_at(const struct stretch *stretch) {
    return stretch->began + (uint64_t)((double)stretch->spoken * SECOND / stretch->rate);
}

static bool say_next(struct stretch *stretch) {
    struct room *room = rooms_get((int)(stretch->spoken % (uint64_t)rooms_count()));
    bool said = rooms_say(room, due_at(stretch));
    stretch->spoken++;
    return said && (double)rooms_in_flight() < stretch->rate * BEHIND_SECONDS + 64;
}

/* False when the server is too far behind. */
static bool speak_until(struct stretch *stretch, uint64_t end) {
    while (now_ns() < end) {
        while (due_at(stretch) <= now_ns())
            if (!say_next(stretch)) return false;
        uint64_t next = due_at(stretch);
        loop_turn(next < end ? next : end);
        usage_look();
    }
    return true;
}

struct step open_loop_run(const struct options *options, double rate) {
    struct stretch stretch = {.began = now_ns(), .rate = rate};
    struct step step = {.rate = rate};
    uint64_t measured_from = stretch.began + (uint64_t)(options->warm_up * SECOND);
    step.overrun = !speak_until(&stretch, measured_from);
    rooms_measure();
    usage_begin(options->server_pid);
    uint64_t end = measured_from + (uint64_t)(options->seconds * SECOND);
    if (!step.overrun) step.overrun = !speak_until(&stretch, end);
    step.usage = usage_end();
    step.in_time = rooms_tally()->deliveries;
    step.lost = drain(options->patience);
    step.tally = *rooms_tally(); /* the late ones too: they are the tail */
    return step;
}

void open_loop_report(const struct step *step) {
    report_number("rate", step->rate);
    report_number("overrun", step->overrun);
    report_number("lost", (double)step->lost);
    report_number("in_time", (double)step->in_time);
    report_number("deliveries", (double)step->tally.deliveries);
    report_number("messages", (double)step->tally.messages);
    report_latency("latency", &step->tally.latency);
    report_usage(&step->usage);
}
