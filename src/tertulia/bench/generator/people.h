/* Who connects, from a file with a line for each person and tabs between its fields:
 *
 *     number of the room <tab> auth of CONNECT, JSON <tab> event that catches up, JSON
 *
 * Clients beyond the last line begin again at the first.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

struct person {
    int room;
    const char *auth;
    const char *catch_up;
};

void people_read(const char *path);
const struct person *people_get(int index);

#endif
