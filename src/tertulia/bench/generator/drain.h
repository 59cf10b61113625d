/* What is left to hear after the last message was said. */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdint.h>

/* Turn until everything was heard, for at most so many seconds; the deliveries that never came. */
uint64_t drain(double seconds);

#endif
