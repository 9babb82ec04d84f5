/* Ends the program with a line and exit code 70 where the processor lacks what the rest was compiled for.
 *
 * The rest may use any instruction anywhere, before `main` too, so this is compiled for the oldest processor and runs before
 * everything else. src/build.rs writes guard.h from the table in src/engine/cpu.rs: what the C++ compiler uses. */
#if defined(__x86_64__) && defined(__ELF__)

#include <cpuid.h>
#include <string.h>
#include <unistd.h>

struct need {
    unsigned leaf, subleaf, reg, bit, state;
    const char *name;
};

static const struct need needs[] = {
#include "guard.h"
    {0, 0, 0, 0, 0, 0},
};

static void say(const char *text) {
    if (write(2, text, strlen(text)) < 0) {
        _exit(70);
    }
}

/* Whether the operating system saves the registers of a state of XSAVE: its place is within the area that is enabled. */
static int is_saved(unsigned state) {
    static unsigned asked, saved;
    if (!(asked >> state & 1)) {
        unsigned a = 0, b = 0, c = 0, d = 0, size = 0, offset = 0, area = 0;
        asked |= 1u << state;
        if (__get_cpuid_count(1, 0, &a, &b, &c, &d) && (c >> 27 & 1) && __get_cpuid_count(13, 0, &a, &area, &c, &d) &&
            __get_cpuid_count(13, state, &size, &offset, &c, &d) && size && offset + size <= area) {
            saved |= 1u << state;
        }
    }
    return saved >> state & 1;
}

__attribute__((constructor(101))) static void dscoder_guard(void) {
    /* CPUID takes microseconds in a virtual machine: the table asks for few leaves, one after the other. */
    unsigned found[4] = {0, 0, 0, 0}, leaf = 0, subleaf = 0;
    for (const struct need *need = needs; need->name; need++) {
        if (need->leaf != leaf || need->subleaf != subleaf) {
            leaf = need->leaf;
            subleaf = need->subleaf;
            if (!__get_cpuid_count(leaf, subleaf, &found[0], &found[1], &found[2], &found[3])) {
                memset(found, 0, sizeof found);
            }
        }
        if ((found[need->reg] >> need->bit & 1) && (!need->state || is_saved(need->state))) {
            continue;
        }
        say("error: this processor lacks ");
        say(need->name);
        say(", with which this dscoder was built\nhint: build dscoder on this machine, or take a release for it\n");
        _exit(70);
    }
}

#else
typedef int nothing;
#endif
