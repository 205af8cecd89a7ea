#include "link.h"

#include <string.h>

#include "board.h"
#include "core.h"
#include "drivers/wipe.h"

/* Frames of one byte (vpcd.h of virtualsmartcard). */
enum control { POWER_OFF = 0, POWER_ON = 1, RESET = 2, ATR = 4 };

/* A frame that stopped half way is given up, so that noise on the line does not shift all others. */
#define FRAME_TIMEOUT_MILLISECONDS 2000u
#define HEADER_BYTES 2u

/* As sim/link/card.ts: T=0 and T=1, contactless, "OATHTOKN" (ISO 7816-3 §8.2). */
static const uint8_t answer_to_reset[] = {0x3b, 0x88, 0x80, 0x01, 'O', 'A', 'T',
                                          'H',  'T',  'O',  'K',  'N', 0x05};
static const uint8_t wrong_length[] = {0x67, 0x00};

static struct {
  uint8_t header[HEADER_BYTES];
  /* Bytes of the frame that have come, header included. */
  uint32_t received;
  uint32_t last_byte_at;
  /* The first byte of the frame, kept apart: a frame for the contacts must not touch the buffer. */
  uint8_t first;
  bool is_pending;
} line;

static uint32_t payload_length(void) { return (uint32_t)line.header[0] << 8 | line.header[1]; }

static void send(const uint8_t *payload, uint32_t length) {
  const uint8_t header[HEADER_BYTES] = {(uint8_t)(length >> 8), (uint8_t)length};
  board_serial_write(header, sizeof header);
  board_serial_write(payload, length);
}

static void answer(int32_t length) {
  line.is_pending = length == CORE_PENDING;
  if (length >= 0) send(core_buffer(), (uint32_t)length);
}

static void take_control(uint8_t byte) {
  if (byte == ATR) {
    send(answer_to_reset, sizeof answer_to_reset);
  } else if (byte == POWER_OFF || byte == POWER_ON || byte == RESET) {
    /* The token lives on a battery, so it has power all the time; what the reader gets is a token
       that has forgotten everything that is not on its flash. Waits after wrong PINs begin again. */
    line.is_pending = false;
    board_restart_uptime();
    core_power_on();
  }
}

/* Forgets what has come of a frame that is given up: a PIN or a key may be in it. */
static void drop_frame(void) {
  if (line.received > HEADER_BYTES + 1) wipe(core_buffer(), core_buffer_length());
  line.received = 0;
  line.first = 0;
}

static void take_frame(uint32_t length) {
  if (length == 1) {
    take_control(line.first);
  } else if (length == 0 || length > core_buffer_length()) {
    drop_frame();
    send(wrong_length, sizeof wrong_length);
  } else {
    answer(core_exchange(length));
  }
}

static void take_byte(uint8_t byte) {
  const uint32_t index = line.received++;
  if (index < HEADER_BYTES) {
    line.header[index] = byte;
  } else if (index == HEADER_BYTES) {
    line.first = byte;
  } else if (index - HEADER_BYTES < core_buffer_length()) {
    /* A second byte: this is a command, and gives up one that waits. */
    if (index == HEADER_BYTES + 1) core_buffer()[0] = line.first;
    core_buffer()[index - HEADER_BYTES] = byte;
  }
  if (line.received < HEADER_BYTES || line.received < HEADER_BYTES + payload_length()) return;
  take_frame(payload_length());
  line.received = 0;
  line.first = 0;
}

void link_poll(void) {
  const uint32_t now = board_milliseconds();
  if (board_serial_lost()) drop_frame();
  for (int byte = board_serial_read(); byte >= 0; byte = board_serial_read()) {
    line.last_byte_at = now;
    take_byte((uint8_t)byte);
    board_feed_watchdog();
  }
  if (line.received > 0 && now - line.last_byte_at > FRAME_TIMEOUT_MILLISECONDS) drop_frame();
  if (line.is_pending && line.received == 0) answer(core_exchange(0));
}
