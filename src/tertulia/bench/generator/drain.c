#include "drain.h"

#include "loop.h"
#include "rooms.h"

#define AFTERMATH (100 * MILLISECOND) /* what comes now came twice */

uint64_t drain(double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * SECOND);
    while (rooms_in_flight() && now_ns() < deadline) loop_turn(deadline);
    if (!rooms_in_flight()) loop_until(now_ns() + AFTERMATH);
    return rooms_missing();
}
