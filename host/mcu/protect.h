#pragma once

/* In a release build; nothing in all others. */
#ifdef CLOSE_DEBUG_PORT
void close_debug_port(void);
#else
static inline void close_debug_port(void) {}
#endif
