/** Whoever holds the token: a user of the directory for each, since nobody may have more than five. */
import type { Sender, ServerClient } from './client.ts';

/** What the app on a person's phone, and the client of a person's card, may do. */
const SCOPES = ['CertificateManagement.Access'];

export class Person {
  readonly #server: ServerClient;
  readonly #serialNumber: () => string;
  /** Whose bearer token goes with the requests of the person. */
  #current = '';

  /** @param serialNumber  of the token that the person holds; empty without one */
  constructor(server: ServerClient, serialNumber: () => string) {
    this.#server = server;
    this.#serialNumber = serialNumber;
  }

  /** The person's user principal name. */
  get name(): string {
    return `${this.#serialNumber().toLowerCase() || 'somebody'}@oathfob.example`;
  }

  /** The person, who is made known to the directory if need be. */
  async known(name = this.name): Promise<string> {
    const users = (await this.#server.read('/_emulator/users')) as {
      value: { userPrincipalName: string }[];
    } | null;
    const isKnown = users?.value.some(({ userPrincipalName }) => userPrincipalName === name);
    if (!isKnown) {
      const body = { userPrincipalName: name };
      await this.#server.send({ method: 'POST', path: '/_emulator/users', body });
    }
    return name;
  }

  /** The person, who is logged in: requests of the sender `person` are theirs. */
  async loggedIn(): Promise<string> {
    const name = await this.known();
    if (name !== this.#current) this.#server.forgetToken('person');
    this.#current = name;
    await this.#logIn('person', name);
    return name;
  }

  /** Somebody else, whose requests are those of the sender `otherPerson`. */
  async otherLoggedIn(): Promise<void> {
    await this.#logIn('otherPerson', await this.known('stranger@oathfob.example'));
  }

  async #logIn(sender: Sender, user: string): Promise<void> {
    if (this.#server.hasToken(sender)) return;
    const request = { method: 'POST', path: '/_emulator/tokens', body: { user, scopes: SCOPES } };
    const { isAccepted, body } = await this.#server.send(request);
    if (isAccepted) this.#server.useToken(sender, (body as { accessToken: string }).accessToken);
  }
}
