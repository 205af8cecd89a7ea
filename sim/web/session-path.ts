/** Where the page asks for its bearer token. */
export const SESSION_PATH = '/web/session';
