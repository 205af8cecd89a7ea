/** The five keys, as `press` numbers them. */
export enum Key {
  UP = 1,
  DOWN = 2,
  LEFT = 3,
  RIGHT = 4,
  OK = 5,
}
