/* The result, one JSON object on a line of standard output. */
#ifndef REPORT_H
#define REPORT_H

#include "histogram.h"
#include "usage.h"

void report_begin(void);
void report_number(const char *name, double value);
/* {"p50", "p99", "max"} in milliseconds, or null where nothing was timed. */
void report_latency(const char *name, const struct histogram *histogram);
void report_usage(const struct usage *usage);
/* An object of this name, of what is reported until its end. */
void report_part(const char *name);
void report_part_end(void);
void report_list(const char *name);
void report_item(void);
void report_item_end(void);
void report_list_end(void);
void report_end(void);
/* A line that says that the run has come this far, for who has to act then. */
void report_stage(const char *name);

#endif
