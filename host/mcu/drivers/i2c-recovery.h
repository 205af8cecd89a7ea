/*
 * An I2C bus whose data line is held low: a reset in the middle of a read leaves a part waiting for the
 * clocks of its byte, and no START gets through. Nine clocks bring it to the place of the acknowledge, where
 * it gets none, and a STOP to its rest (I2C-bus specification UM10204 §3.1.16, "Bus clear").
 */
#pragma once

#include <stdbool.h>

/* The board's: the lines by hand, open drain. */
void bus_move_clock(bool is_high);
void bus_move_data(bool is_high);
bool bus_data_is_high(void);
/* Half a bit of a slow bus, 5 microseconds. */
void bus_wait(void);

/* Before the pins are given to the controller. Leaves a bus alone whose data line is high. */
void bus_recover(void);
