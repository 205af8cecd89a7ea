/*
 * The chip's own flash (nRF51 reference manual, chapter "NVMC"): words from 1 to 0, pages of 1 KiB to 1s.
 * The chip stands still for as long as it takes: 46 microseconds a word, 22 ms a page.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Programs the word at an address of the chip; refuses one that would turn a 0 into a 1. */
bool nvmc_program(uint32_t address, uint32_t word);
/* Erases the page at an address of the chip. */
void nvmc_erase(uint32_t address);
