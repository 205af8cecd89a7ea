/** The bench of the page: the token in the worker, the server, the time of both, and what is known. */
import { download, isJson } from './files.ts';
import { keep, kept } from './keep.ts';
import type { Firmware, NewRecord, TokenKind, TokenState } from './protocol.ts';
import { Scanner } from './scan/scanner.ts';
import { AuthingLogin } from './server/authing/flow.ts';
import { ServerClient } from './server/client.ts';
import { HardwareOath } from './server/hardware-oath/flow.ts';
import { KnownToken } from './server/known-token.ts';
import { MimCm } from './server/mim-cm/flow.ts';
import { Person } from './server/person.ts';
import { QrPin } from './server/qr-pin/flow.ts';
import { Store } from './store.ts';
import { WorldTime } from './time/world-time.ts';
import { connectToken, TokenCallError, type TokenClient } from './token-client.ts';
import { Turn } from './turn.ts';

export interface BenchState {
  readonly token: TokenState | null;
  /** The flash of the token, as last told. */
  readonly image: Uint8Array | null;
  readonly shelf: readonly string[];
  readonly firmware: Firmware | null;
  /** Records of tokens made here, until they are uploaded or put away, or the page is closed. */
  readonly records: readonly NewRecord[];
  /** A code of the words for problems; null when all is well. */
  readonly problem: string | null;
  readonly isReady: boolean;
  /** Whether the browser keeps tokens when the page is closed. */
  readonly isLasting: boolean;
}

const LAST_TOKEN = 'oathfob.token';

export class Bench {
  readonly store = new Store<BenchState>({
    token: null,
    image: null,
    shelf: [],
    firmware: null,
    records: [],
    problem: null,
    isReady: false,
    isLasting: true,
  });
  readonly token: TokenClient;
  readonly turn = new Turn();
  readonly server = new ServerClient();
  readonly time: WorldTime;
  readonly scanner = new Scanner();
  readonly known: KnownToken;
  readonly person: Person;
  readonly hardwareOath: HardwareOath;
  readonly qrPin: QrPin;
  readonly authing: AuthingLogin;
  readonly mimCm: MimCm;
  readonly #savedRecords = new Set<string>();

  constructor(worker: Worker) {
    this.token = connectToken(worker, (token) => {
      this.store.set(token?.image ? { token, image: token.image } : { token });
    });
    this.time = new WorldTime(this.server, this.token);
    const { server, time } = this;
    this.known = new KnownToken(server, this.token, time, () => this.store.state.token);
    this.known.store.subscribe(() => this.#dropUploaded());
    const { known } = this;
    const person = new Person(server, () => known.serialNumber);
    this.person = person;
    const { turn, token } = this;
    this.hardwareOath = new HardwareOath(turn, server, known, person);
    this.qrPin = new QrPin(turn, server, person, time);
    this.authing = new AuthingLogin(turn, server, known, person, this.hardwareOath, time);
    this.mimCm = new MimCm(turn, server, token, person, time, known);
    server.onChange((path) => this.#changedBy(path));
    server.onReturn(() => this.#meet());
  }

  /**
   * Finds the server, then takes up the token that was on the desk last: its time has to be known
   * before it is switched on, since it shows no code of a time before one that it has shown.
   */
  async start(): Promise<void> {
    await this.server.open();
    await this.time.follow();
    const shelf = await this.#attempt(() => this.token.list());
    this.store.set({ shelf: shelf ?? [] });
    await this.#takeUp(shelf ?? []);
    const isLasting = await this.token.isLasting();
    this.store.set({ isReady: true, isLasting, firmware: await this.token.firmware() });
    await this.#changeToken();
    this.server.listen();
  }

  /** The token that this tab had last, else the last of any tab, else one that no other tab has. */
  async #takeUp(shelf: readonly string[]): Promise<void> {
    const lasts = [kept(LAST_TOKEN, 'tab'), kept(LAST_TOKEN)];
    const wanted = lasts.filter((name) => name !== null && shelf.includes(name)) as string[];
    for (const name of new Set([...wanted, ...shelf])) {
      const taken = await this.#attempt(async () => {
        await this.token.take(name);
        return name;
      });
      if (taken !== null) keep(LAST_TOKEN, name, 'tab');
      if (this.store.state.problem !== 'IN_USE') return;
    }
  }

  /** Goes on with a bearer token that somebody gave; false when the server does not know it. */
  async connect(accessToken: string): Promise<boolean> {
    if (!(await this.server.openWith(accessToken))) return false;
    await this.time.follow();
    await this.#changeToken();
    return true;
  }

  /** False when none was made. */
  async make(kind: TokenKind): Promise<boolean> {
    const record = await this.#inTurn(async () => {
      const made = await this.token.make(kind);
      this.store.set({ records: [...this.store.state.records, made] });
      await this.#changed(made.name);
      return made;
    });
    return record !== null;
  }

  async take(name: string): Promise<void> {
    await this.#inTurn(async () => {
      // Another tab may have removed it, or made others.
      this.store.set({ shelf: await this.token.list() });
      await this.token.take(name);
      await this.#changed(name);
    });
  }

  /** Does something to the token, its time or its power: what is in the way is said beside the token. */
  async act(work: () => Promise<void>): Promise<void> {
    await this.#attempt(work);
  }

  /** Opens the files that somebody chose: an image, and the board file beside it. */
  async open(files: readonly File[]): Promise<void> {
    const boardFile = files.find((file) => file.name.endsWith('.board'));
    const imageFile = files.find((file) => file !== boardFile);
    const open = async () => {
      if (!boardFile || !imageFile) throw new TokenCallError('NO_BOARD_FILE', '');
      const image = new Uint8Array(await imageFile.arrayBuffer());
      await this.token.add({ name: imageFile.name, image, board: await boardFile.text() });
      await this.#changed(imageFile.name);
    };
    await this.turn.waitFor(() => this.#attempt(open));
  }

  /** Uploads the record that somebody chose, the body of a request to Graph. */
  async uploadRecord(file: File): Promise<void> {
    const text = await file.text();
    await this.#attempt(async () => {
      if (!isJson(text)) throw new TokenCallError('NOT_A_RECORD', '');
      await this.hardwareOath.upload(text);
    });
  }

  /** Both files of a token, as downloads. */
  async save(name: string): Promise<void> {
    const files = await this.#attempt(() => this.token.read(name));
    if (!files) return;
    download(name, files.image);
    download(`${name}.board`, files.board);
  }

  async remove(name: string): Promise<void> {
    await this.#inTurn(async () => {
      await this.token.remove(name);
      this.dropRecord(name);
      const shelf = this.store.state.shelf.filter((each) => each !== name);
      const next = shelf[0];
      if (next !== undefined && !this.store.state.token) await this.token.take(next);
      await this.#changed(next);
    });
  }

  /** The record of a token, or null when it is not here. */
  recordOf(name: string | undefined): NewRecord | null {
    return this.store.state.records.find((record) => record.name === name) ?? null;
  }

  /** The record of a token, as a file of its own. */
  saveRecord({ name, text, format }: NewRecord): void {
    const ending = format === 'graph' ? 'json' : 'txt';
    download(`${name.replace(/\.img$/, '')}.record.${ending}`, text);
    this.#savedRecords.add(text);
  }

  /** Whether closing the page loses what nothing brings back: a seed, or the PIN of the token. */
  get wouldLose(): boolean {
    const { records } = this.store.state;
    const isUnsaved = records.some(({ text }) => !this.#savedRecords.has(text));
    return isUnsaved || this.mimCm.store.state.pin !== null;
  }

  dropRecord(name: string): void {
    const records = this.store.state.records.filter((record) => record.name !== name);
    this.store.set({ records });
  }

  /** A seed that the server has needs no second place. */
  #dropUploaded(): void {
    const name = this.store.state.token?.name;
    const isKnown = this.known.device !== null;
    if (isKnown && name !== undefined && this.recordOf(name)) this.dropRecord(name);
  }

  async #changed(name: string | undefined): Promise<void> {
    if (name !== undefined) {
      keep(LAST_TOKEN, name, 'tab');
      keep(LAST_TOKEN, name);
    }
    this.store.set({ shelf: await this.token.list() });
    await this.#changeToken();
  }

  /** Another token is on the desk, and with it another person is there. */
  async #changeToken(): Promise<void> {
    this.hardwareOath.changeToken();
    this.qrPin.changeToken();
    this.authing.changeToken();
    this.mimCm.changeToken();
    await this.known.change();
  }

  /** Somebody else has changed something on the server. */
  async #changedBy(path: string): Promise<void> {
    if (path.startsWith('/_emulator/clock')) await this.time.follow();
    await this.#refresh();
  }

  /** The server is there again, and may be another one. */
  async #meet(): Promise<void> {
    await this.time.meet();
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    await Promise.all([
      this.known.refresh(),
      this.qrPin.refresh(),
      this.authing.refresh(),
      this.mimCm.refresh(),
    ]);
  }

  /** Another token comes to the desk: in the middle of something with the one that is there, it waits. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result | null> {
    return this.turn.take(() => this.#attempt(work));
  }

  /** Does what may fail for a reason that people can do something about. */
  async #attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
    try {
      const result = await work();
      if (this.store.state.problem !== null) this.store.set({ problem: null });
      return result;
    } catch (error) {
      if (!(error instanceof TokenCallError)) throw error;
      this.store.set({ problem: error.code });
      return null;
    }
  }
}
