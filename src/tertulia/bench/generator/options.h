/* What a run is to do, from arguments of the form `name=value`. */
#ifndef OPTIONS_H
#define OPTIONS_H

struct options {
    const char *scenario;
    const char *path;     /* the request target of the WebSocket */
    const char *people;   /* a file, see people.h */
    const char *rooms;    /* a file, see rooms.h */
    const char *said;     /* how the packet of a delivered message begins */
    const char *ready;    /* how the packet begins after which a client is in its rooms */
    const char *marker;   /* what each caught-up message holds once */
    int port;
    int clients;
    int slow;             /* of the clients, how many never read */
    int concurrent;       /* handshakes at once */
    int size;             /* bytes of a text */
    int window;           /* messages in flight in each room */
    int missed;           /* messages that a catch-up brings */
    int server_pid;
    int collect;          /* whether SIGUSR2 makes the server collect garbage */
    double warm_up;       /* seconds before the measuring begins */
    double seconds;       /* of measuring */
    double settle;        /* seconds between the last connection and the measuring of idle ones */
    double rate;          /* messages a second, in all rooms together */
    double limit_ms;      /* the p99 up to which a rate counts as carried */
    double patience;      /* seconds until what was not heard counts as lost */
    double deadline;      /* seconds after which the run is given up */
};

struct options options_read(int count, char **arguments);

#endif
