/*
 * The serial line as a card's contacts: frames of two bytes of length, most significant first, then as
 * many bytes (virtualsmartcard's vpcd). A frame of one byte is for the contacts, a longer one is a
 * command APDU; so the line, joined to a reader's TCP port, is a PC/SC card.
 */
#pragma once

/* Takes what has come in and answers what is whole; fetches an answer that waited for a key. */
void link_poll(void);
