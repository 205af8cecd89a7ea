/**
 * Answers to a question that is asked again and again, of the page itself and whenever the server tells
 * of a change. They may come in another order: one that was asked for earlier than what is known
 * already says nothing any more.
 */
export class LatestAnswer<Answer> {
  readonly #ask: () => Promise<Answer>;
  #asked = 0;
  #known = 0;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  /** Asks, and hands the answer over unless a later one has come before it. */
  async take(use: (answer: Answer) => void): Promise<void> {
    this.#asked += 1;
    const number = this.#asked;
    const answer = await this.#ask();
    if (number < this.#known) return;
    this.#known = number;
    use(answer);
  }
}
