/* Included before every C file of llama.cpp where it is built without OpenMP.
 *
 * llama.cpp's threads wait for each other in a loop of `ggml_thread_cpu_relax()`. When more threads want to run than there
 * are processors, the one that is waited for does not get one before the waiting ones have used up their time slices: two
 * programs at once then take thirty times as long as one. So after a short spin, a waiting thread sleeps.
 *
 * The macro makes two functions of one: its definition, which has the argument `void`, becomes
 * `dscoder_relax_void(void)`, which nothing calls, and its calls, which have none, become `dscoder_relax_()`. */
#ifndef DSCODER_WAIT_H
#define DSCODER_WAIT_H

/* For nanosleep under -std=c11. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <time.h>

/* Some 20 us: longer than most waits in a run that has its processors for itself. */
#define DSCODER_SPINS 512u

static inline void dscoder_relax_(void) {
    static _Thread_local unsigned spins;
    if (++spins % DSCODER_SPINS == 0) {
        const struct timespec shortest = {0, 1000};
        nanosleep(&shortest, 0);
        return;
    }
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

#define ggml_thread_cpu_relax(argument) dscoder_relax_##argument(argument)

#endif
