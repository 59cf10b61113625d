/* What a run can do. Each connects, measures, and prints one report. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "options.h"

/* Closed loop: `window` messages in flight in every room, a new one when one is complete. */
void scenario_fanout(const struct options *options);
/* Closed loop: all clients speak, `window` messages in flight together; one is done when it is acknowledged
 * and all members of its room have heard it. Every message is checked. */
void scenario_durable(const struct options *options);
/* Open loop: messages at fixed times, whatever comes of those before. */
void scenario_rate(const struct options *options);
/* Open loop at rising rates, to find the highest whose p99 stays within `limit_ms`. */
void scenario_ramp(const struct options *options);
/* Connections that do nothing but answer pings. */
void scenario_hold(const struct options *options);
/* Handshakes, `concurrent` at once. */
void scenario_connect(const struct options *options);
/* Everybody loses the server and comes back, each catching up on what it missed. */
void scenario_storm(const struct options *options);
/* Open loop above what the server can do, and back: what it accepts, and when it is as before. */
void scenario_overload(const struct options *options);

#endif
