/* The line of the board, and how calls come in. */
#include "board.h"
#include "calls.h"

void calls_send(const char *text, uint32_t length) {
  board_serial_write((const uint8_t *)text, length);
}

int main(void) {
  board_start();
  module_start();
  for (;;) {
    const int byte = board_serial_read();
    /* A call whose bytes were lost would be another call. */
    if (board_serial_lost()) board_fault(BOARD_FAULT_EXCEPTION);
    if (byte >= 0) calls_take((char)byte);
    board_feed_watchdog();
  }
}
