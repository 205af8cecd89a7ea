/*
 * The last page of the chip's flash: what belongs to this board and to no other. It is not in the image;
 * it is written once, when the board is made, or by a board that has a source of random numbers when it
 * first starts; and by `oathfob run` into the emulated chip.
 *
 *     0    the device key, 32 bytes
 *     32   the seed of the random numbers, 32 bytes
 *     64   CRC-32 of both, little-endian: a page that was not written yet opens nothing
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define KEYS_PAGE_SEED_BYTES 32u
#define KEYS_PAGE_CONTENT_BYTES 64u
#define KEYS_PAGE_BYTES 68u

/* From the linker: where the page lies. */
extern const uint8_t keys_page[];

bool keys_page_is_written(void);
/* Both return false when the page does not check. */
bool keys_page_device_key(uint8_t *target);
bool keys_page_seed(uint8_t *target);
/* What has to stand behind KEYS_PAGE_CONTENT_BYTES bytes. */
uint32_t keys_page_checksum(const uint8_t *content);
