#include "crowd.h"
#include "drain.h"
#include "report.h"
#include "rooms.h"
#include "scenarios.h"

static bool speaking;

static void say_again(struct room *room) {
    if (speaking) rooms_say(room, now_ns());
}

static void begin_to_speak(int window) {
    speaking = true;
    for (int i = 0; i < rooms_count(); i++)
        for (int n = 0; n < window; n++) rooms_say(rooms_get(i), now_ns());
}

void scenario_fanout(const struct options *options) {
    static const struct crowd_hooks hooks = {.joined = rooms_enter};
    usage_tell();
    rooms_on_complete(say_again);
    crowd_open(options, &hooks);
    crowd_join();
    begin_to_speak(options->window);
    loop_until(now_ns() + (uint64_t)(options->warm_up * SECOND));
    rooms_measure();
    usage_begin(options->server_pid);
    loop_until(now_ns() + (uint64_t)(options->seconds * SECOND));
    struct usage usage = usage_end();
    struct tally tally = *rooms_tally();
    speaking = false;
    uint64_t lost = drain(options->patience);

    report_begin();
    report_number("deliveries", (double)tally.deliveries);
    report_number("messages", (double)tally.messages);
    report_number("lost", (double)lost);
    report_latency("latency", &tally.latency);
    report_usage(&usage);
    report_end();
}
