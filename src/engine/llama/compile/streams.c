/* Remembers whether stdout was closed when the program began.
 *
 * Before `main`, Rust opens /dev/null in place of closed streams, so that what is written there gets lost without an error.
 * Constructors run before that. */
#if defined(__unix__) || defined(__APPLE__)

#include <errno.h>
#include <fcntl.h>

static int closed;

__attribute__((constructor)) static void dscoder_look_at_stdout(void) {
    closed = fcntl(1, F_GETFD) < 0 && errno == EBADF;
}

int dscoder_stdout_was_closed(void) {
    return closed;
}

#endif
