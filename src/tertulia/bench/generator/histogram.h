/* Durations in nanoseconds, to within 1 %: 64 steps for every power of two. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 64
#define HISTOGRAM_POWERS 48

struct histogram {
    uint64_t counts[HISTOGRAM_POWERS][HISTOGRAM_STEPS];
    uint64_t total;
    uint64_t largest;
};

void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t value);
/* The smallest value that `share` (0 to 1) of all do not exceed; 0 when there is none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
