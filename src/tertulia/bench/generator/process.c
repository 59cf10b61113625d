#define _GNU_SOURCE
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t read_proc(int pid, const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, size - 1, file) : 0;
    text[length] = 0;
    if (file) fclose(file);
    return length;
}

struct cpu process_cpu(int pid) {
    char text[1024];
    unsigned long user = 0, kernel = 0;
    read_proc(pid, "stat", text, sizeof text);
    const char *name_end = strrchr(text, ')'); /* a name may hold anything */
    if (name_end)
        sscanf(name_end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
    double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    return (struct cpu){(double)user * tick, (double)kernel * tick};
}

uint64_t process_rss(int pid) {
    char text[256];
    unsigned long size = 0, resident = 0;
    read_proc(pid, "statm", text, sizeof text);
    sscanf(text, "%lu %lu", &size, &resident);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

double own_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double own_wait(void) {
    char text[128];
    unsigned long long waited = 0;
    read_proc(getpid(), "schedstat", text, sizeof text);
    sscanf(text, "%*u %llu", &waited);
    return (double)waited / 1e9;
}

void raise_open_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
