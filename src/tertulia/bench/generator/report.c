#include "report.h"

#include <stdbool.h>
#include <stdio.h>

static bool first;

static void begin(char bracket) {
    if (!first) putchar(',');
    putchar(bracket);
    first = true;
}

static void end(char bracket) {
    putchar(bracket);
    first = false;
}

static void name_it(const char *name) {
    printf("%s\"%s\":", first ? "" : ",", name);
    first = true;
}

void report_begin(void) {
    first = true;
    begin('{');
}

void report_number(const char *name, double value) {
    name_it(name);
    printf("%.9g", value);
    first = false;
}

void report_latency(const char *name, const struct histogram *histogram) {
    name_it(name);
    if (!histogram->total) {
        printf("null");
        first = false;
        return;
    }
    begin('{');
    report_number("p50", (double)histogram_quantile(histogram, 0.5) / 1e6);
    report_number("p99", (double)histogram_quantile(histogram, 0.99) / 1e6);
    report_number("max", (double)histogram->largest / 1e6);
    end('}');
}

void report_usage(const struct usage *usage) {
    report_number("seconds", usage->seconds);
    report_number("server_cpu", usage->server.user + usage->server.kernel);
    report_number("server_kernel", usage->server.kernel);
    report_number("generator_cpu", usage->own_cpu);
    report_number("generator_waited", usage->own_wait);
    report_number("rss", (double)usage->rss);
    report_number("rss_peak", (double)usage->rss_peak);
}

void report_list(const char *name) {
    name_it(name);
    begin('[');
}

void report_part(const char *name) {
    name_it(name);
    begin('{');
}

void report_part_end(void) { end('}'); }
void report_item(void) { begin('{'); }
void report_item_end(void) { end('}'); }
void report_list_end(void) { end(']'); }

void report_end(void) {
    end('}');
    putchar('\n');
    fflush(stdout);
}

void report_stage(const char *name) {
    printf("{\"stage\":\"%s\"}\n", name);
    fflush(stdout);
}
