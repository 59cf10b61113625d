/* Preloaded into a server, so that its disk can fail and its clock can jump while it runs.

   What goes wrong stands in a page that the harness shares with it (CHAOS_SHIM_PAGE); disks fail only
   for files below a folder (CHAOS_SHIM_FOLDER). The layout of the page is that of shim.py. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct page {
    volatile int64_t clock_shift; /* nanoseconds that CLOCK_REALTIME is ahead */
    volatile int32_t sync_error;  /* errno of fsync and fdatasync, or 0 */
    volatile int32_t write_error; /* errno of pwrite, or 0 */
    volatile int32_t short_write; /* whether pwrite writes half of what it is given */
    volatile int32_t struck;      /* how many calls were made to fail */
};

static struct page fair;
static struct page *page = &fair;
static const char *folder;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);

__attribute__((constructor)) static void set_up(void)
{
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
    folder = getenv("CHAOS_SHIM_FOLDER");
    const char *name = getenv("CHAOS_SHIM_PAGE");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        page = shared;
    close(file);
}

/* --- time ----------------------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!real_clock_gettime) /* before our constructor */
        real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_clock_gettime(clock, now);
    int64_t shift = page->clock_shift;
    if (result || !shift || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return result;
    int64_t nanoseconds = now->tv_nsec + shift % 1000000000;
    now->tv_sec += shift / 1000000000;
    if (nanoseconds < 0)
        now->tv_sec--, nanoseconds += 1000000000;
    else if (nanoseconds >= 1000000000)
        now->tv_sec++, nanoseconds -= 1000000000;
    now->tv_nsec = nanoseconds;
    return 0;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec fine;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *kept)
{
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    if (kept)
        *kept = fine.tv_sec;
    return fine.tv_sec;
}

/* --- disk ----------------------------------------------------------------------------------------- */

static int is_ours(int file)
{
    char name[64], path[PATH_MAX];
    int before = errno;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    errno = before;
    if (!folder || length < 0)
        return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int strikes(int file, int32_t error)
{
    if (!error || !is_ours(file))
        return 0;
    __atomic_add_fetch(&page->struck, 1, __ATOMIC_SEQ_CST);
    errno = error;
    return 1;
}

int fsync(int file)
{
    return strikes(file, page->sync_error) ? -1 : real_fsync(file);
}

int fdatasync(int file)
{
    return strikes(file, page->sync_error) ? -1 : real_fdatasync(file);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
    if (strikes(file, page->write_error))
        return -1;
    if (page->short_write && size > 1 && is_ours(file)) {
        __atomic_add_fetch(&page->struck, 1, __ATOMIC_SEQ_CST);
        size /= 2;
    }
    return real_pwrite64(file, data, size, offset);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    return pwrite64(file, data, size, offset);
}
