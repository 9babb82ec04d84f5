/* GCC's <immintrin.h> includes this header in place of its own one of the same name.
 *
 * Before GCC 11.5, 12.4, 13.3 and 14 (bug 114098), `_tile_loadconfig` tells the compiler that it reads 8 of the 64 bytes
 * of a configuration. With -O3 the stores to the others are dropped, and the first use of a tile is an illegal
 * instruction. Compilers with the right intrinsic have a builtin for it. */
#include_next <amxtileintrin.h>

#if !defined(__has_builtin)
#define DSCODER_TILE_LOADCONFIG_IS_WRONG
#elif !__has_builtin(__builtin_ia32_ldtilecfg)
#define DSCODER_TILE_LOADCONFIG_IS_WRONG
#endif

#if defined(DSCODER_TILE_LOADCONFIG_IS_WRONG) && defined(__x86_64__) && !defined(DSCODER_TILE_LOADCONFIG)
#define DSCODER_TILE_LOADCONFIG

struct dscoder_tile_config {
    unsigned char bytes[64];
};

/* Inline assembly needs no -mamx-tile. */
static inline __attribute__((__always_inline__)) void dscoder_tile_loadconfig(const void *config) {
    __asm__ volatile("ldtilecfg\t%X0" ::"m"(*(const struct dscoder_tile_config *)config));
}

#define _tile_loadconfig dscoder_tile_loadconfig
#endif
