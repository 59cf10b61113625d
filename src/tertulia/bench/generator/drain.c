#include "drain.h"

#include "loop.h"
#include "rooms.h"

uint64_t drain(double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * SECOND);
    while (rooms_in_flight() && now_ns() < deadline) loop_turn(deadline);
    return rooms_missing();
}
