/** Where the command line serves unless told otherwise: O-A-T-H on the keys of a telephone. */
export const DEFAULT_PORT = 6284;
