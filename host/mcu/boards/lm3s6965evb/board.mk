CPU = -mcpu=cortex-m3 -mthumb

BOARD_SOURCES = \
  boards/lm3s6965evb/vectors.c boards/lm3s6965evb/board.c \
  drivers/uart-pl011.c drivers/ssi-pl022.c drivers/i2c-stellaris.c drivers/i2c-recovery.c drivers/watchdog-stellaris.c \
  drivers/oled-ssd0323.c drivers/eeprom-at24c128.c

WORLD_SOURCES = boards/lm3s6965evb/world.c boards/lm3s6965evb/entropy.c \
  drivers/clock-ds1338.c drivers/sha256.c drivers/hmac-drbg.c
