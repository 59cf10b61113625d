#include "histogram.h"

#include <string.h>

#define STEP_BITS 6

void histogram_clear(struct histogram *histogram) {
    memset(histogram, 0, sizeof *histogram);
}

/* Below 64 the value is its own step; above, the six bits after the leading one are. */
static void place_of(uint64_t value, int *power, int *step) {
    int bits = value ? 64 - __builtin_clzll(value) : 0;
    int shift = bits > STEP_BITS + 1 ? bits - STEP_BITS - 1 : 0;
    *power = bits > STEP_BITS ? bits - STEP_BITS : 0;
    *step = (int)((value >> shift) & (HISTOGRAM_STEPS - 1));
}

static uint64_t value_of(int power, int step) {
    if (power == 0) return (uint64_t)step;
    return ((uint64_t)HISTOGRAM_STEPS + (uint64_t)step) << (power - 1);
}

void histogram_add(struct histogram *histogram, uint64_t value) {
    int power, step;
    place_of(value, &power, &step);
    if (power >= HISTOGRAM_POWERS) power = HISTOGRAM_POWERS - 1;
    histogram->counts[power][step]++;
    histogram->total++;
    if (value > histogram->largest) histogram->largest = value;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)(share * (double)histogram->total + 0.999999);
    uint64_t seen = 0;
    if (!histogram->total) return 0;
    for (int power = 0; power < HISTOGRAM_POWERS; power++)
        for (int step = 0; step < HISTOGRAM_STEPS; step++) {
            seen += histogram->counts[power][step];
            if (seen && seen >= wanted) return value_of(power, step);
        }
    return histogram->largest;
}
