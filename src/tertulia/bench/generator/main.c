/* The load generator: `generator scenario=fanout port=8000 people=… rooms=… clients=1000 window=64`.
 *
 * One thread, one epoll loop, one clock. It prints its result as JSON and ends with 0, or says what
 * was wrong and ends with 1, or with 3 when `deadline` seconds were not enough.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "options.h"
#include "people.h"
#include "process.h"
#include "rooms.h"
#include "scenarios.h"

struct scenario {
    const char *name;
    void (*run)(const struct options *options);
};

static const struct scenario scenarios[] = {
    {"durable", scenario_durable},
    {"fanout", scenario_fanout}, {"rate", scenario_rate},       {"ramp", scenario_ramp},
    {"hold", scenario_hold},     {"connect", scenario_connect}, {"storm", scenario_storm},
    {"overload", scenario_overload},
};

static void give_up(int signal) {
    static const char said[] = "the run did not end in time\n";
    (void)signal;
    if (write(STDERR_FILENO, said, sizeof said - 1) < 0) _exit(4);
    _exit(3);
}

int main(int count, char **arguments) {
    struct options options = options_read(count, arguments);
    signal(SIGALRM, give_up);
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)options.deadline);
    raise_open_files();
    loop_open();
    people_read(options.people);
    rooms_read(options.rooms, options.size);
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (!strcmp(scenarios[i].name, options.scenario)) {
            scenarios[i].run(&options);
            return 0;
        }
    die("unknown scenario: %s", options.scenario);
}
