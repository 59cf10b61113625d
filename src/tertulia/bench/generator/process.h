/* What processes cost, from /proc and getrusage. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>

/* Seconds of CPU of all threads. */
struct cpu {
    double user;
    double kernel;
};

/* Nothing when there is no such process. */
struct cpu process_cpu(int pid);
/* Resident bytes. */
uint64_t process_rss(int pid);
double own_cpu(void);
/* Seconds in which this thread could run and another one had the core; 0 where the kernel does not say. */
double own_wait(void);
/* As many open files as the system allows. */
void raise_open_files(void);

#endif
