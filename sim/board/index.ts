/** The simulator as a library: a virtual board to run the firmware on, in Node and in a browser. */
export * from './board.ts';
export * from './clock.ts';
export * from './display.ts';
export * from './entropy.ts';
export * from './flash.ts';
