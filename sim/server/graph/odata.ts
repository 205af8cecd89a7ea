import { serverAddress } from '../address.ts';
import type { Exchange } from '../exchange.ts';
import { Refusal } from './errors.ts';

/** OData query options as far as the dialect has them: $select, $filter eq, $top and paging. */

type Scalar = string | number | null;

/** What a collection lets a client choose from. */
export interface Queryable<Item> {
  readonly selectable: readonly string[];
  readonly filterable: Readonly<Record<string, (item: Item) => Scalar>>;
}

export interface CollectionQuery<Item> {
  readonly select: readonly string[] | undefined;
  readonly matches: (item: Item) => boolean;
  /** 1..1000. */
  readonly top: number;
  /** Items after this page marker; 0 from the start. */
  readonly after: number;
}

/** Page size where the client names none, and the most it may ask for. */
export const PAGE_SIZE = 1_000;

/** @throws Refusal `queryInvalid`, naming the option */
export function parseQuery<Item>(url: string, queryable: Queryable<Item>): CollectionQuery<Item> {
  const parameters = new URL(url).searchParams;
  for (const name of parameters.keys()) {
    if (name.startsWith('$') && !KNOWN_OPTIONS.has(name)) {
      throw new Refusal('queryInvalid', `The query option ${name} is not supported here.`);
    }
  }
  return {
    select: parseSelect(parameters.get('$select'), queryable.selectable),
    matches: parseFilter(parameters.get('$filter'), queryable.filterable),
    top: parseTop(parameters.get('$top')),
    after: parseMarker(parameters.get('$skiptoken')),
  };
}

const KNOWN_OPTIONS = new Set(['$select', '$filter', '$top', '$skiptoken']);

function parseSelect(text: string | null, selectable: readonly string[]) {
  if (text === null) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !selectable.includes(name));
  if (unknown !== undefined) throw new Refusal('queryInvalid', '$select names no such property.');
  return names;
}

function parseTop(text: string | null): number {
  if (text === null) return PAGE_SIZE;
  const top = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (top < 1 || top > PAGE_SIZE) {
    throw new Refusal('queryInvalid', `$top must be between 1 and ${PAGE_SIZE}.`);
  }
  return top;
}

function parseMarker(text: string | null): number {
  if (text === null) return 0;
  if (!/^p\d{1,15}$/.test(text)) throw new Refusal('queryInvalid', '$skiptoken is not ours.');
  return Number(text.slice(1));
}

/** One comparison: path, operator, literal ('text' with doubled quotes, a number, or null). */
const COMPARISON = /\s*([A-Za-z]+(?:\/[A-Za-z]+)?)\s+([a-z]+)\s+('(?:[^']|'')*'|-?\d+|null)\s*/y;

/** `a eq 'x' and b eq 30`: comparisons for equality, joined by `and`. */
function parseFilter<Item>(
  text: string | null,
  filterable: Queryable<Item>['filterable'],
): (item: Item) => boolean {
  if (text === null) return () => true;
  const tests: ((item: Item) => boolean)[] = [];
  let position = 0;
  do {
    COMPARISON.lastIndex = position;
    const match = COMPARISON.exec(text);
    if (!match) throw new Refusal('queryInvalid', '$filter cannot be read.');
    tests.push(comparison(match[1]!, match[2]!, match[3]!, filterable));
    position = COMPARISON.lastIndex;
    const rest = text.slice(position);
    if (rest !== '' && !/^and\s/.test(rest)) {
      throw new Refusal('queryInvalid', '$filter supports eq and and only.');
    }
    position += rest === '' ? 0 : 'and'.length;
  } while (position < text.length);
  return (item) => tests.every((test) => test(item));
}

function comparison<Item>(
  path: string,
  operator: string,
  literal: string,
  filterable: Queryable<Item>['filterable'],
): (item: Item) => boolean {
  const read = Object.hasOwn(filterable, path) ? filterable[path] : undefined;
  if (operator !== 'eq') throw new Refusal('queryInvalid', '$filter supports eq only.');
  if (!read) throw new Refusal('queryInvalid', '$filter names a property that cannot be filtered.');
  const value = literalValue(literal);
  return (item) => read(item) === value;
}

function literalValue(literal: string): Scalar {
  if (literal === 'null') return null;
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'");
  return Number(literal);
}

/** The same request, one page on: absolute and where the client called. */
export function nextLink(exchange: Exchange, path: string, lastSequence: number): string {
  const { searchParams } = new URL(exchange.url);
  const parameters = [...searchParams].filter(([name]) => name !== '$skiptoken');
  parameters.push(['$skiptoken', `p${lastSequence}`]);
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${serverAddress(exchange)}${path}?${query.join('&')}`;
}

/** Picks the chosen properties, in the chosen order; annotations (`@…`) always stay. */
export function selected(
  body: Record<string, unknown>,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  if (!select) return body;
  const annotations = Object.entries(body).filter(([name]) => name.startsWith('@'));
  return Object.fromEntries([...annotations, ...select.map((name) => [name, body[name] ?? null])]);
}
