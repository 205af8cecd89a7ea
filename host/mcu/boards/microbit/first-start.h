/* What a board that nobody has given keys does about it. */
#pragma once

/*
 * Draws the keys page, when it does not check and the flash of the token is blank: nothing can be lost
 * then, and a cut of power while the page is written comes by here again. The keys of such a board are
 * known to nobody.
 */
void make_keys_at_first_start(void);
