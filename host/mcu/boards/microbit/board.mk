CPU = -mcpu=cortex-m0 -mthumb

BOARD_SOURCES = \
  boards/microbit/vectors.c boards/microbit/board.c boards/microbit/first-start.c \
  drivers/clock-counted.c \
  drivers/uart-nrf51.c drivers/timer-nrf51.c drivers/watchdog-nrf51.c drivers/flash-nvmc.c \
  drivers/led-matrix.c drivers/text-scroller.c drivers/font-5x5.c drivers/two-buttons.c

WORLD_SOURCES = boards/microbit/world.c boards/microbit/entropy.c \
  drivers/rng-nrf51.c drivers/health-tests.c drivers/sha256.c drivers/hmac-drbg.c
