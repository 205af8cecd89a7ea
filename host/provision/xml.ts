/**
 * XML as provisioning files need it: elements, attributes, text. Whatever could make a small file
 * large or reach outside of it is refused before the parser sees it: document types, and with them
 * entities of one's own, external ones and their expansion; and nesting is bounded.
 *
 * Prefixes are taken off: producers of PSKC disagree on the namespaces of inner elements.
 */
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { badRecord } from './refusal.ts';

/** Local name to elements in document order; `#text` is its text, `:@` its attributes. */
export interface XmlElement {
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly '#text'?: string;
  readonly [name: string]:
    | readonly XmlElement[]
    | Readonly<Record<string, string>>
    | string
    | undefined;
}

const LONGEST_TEXT = 4 * 1024 * 1024;
const DEEPEST = 32;

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  attributesGroupName: ':@',
  alwaysCreateTextNode: true,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // For the numbers of characters; names of HTML's are refused before.
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: DEEPEST,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

const BUILDER = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  attributesGroupName: ':@',
  format: true,
  suppressEmptyNode: true,
});

/**
 * Reads a document.
 * @returns the document, with its root as its only element
 * @throws RecordError that names the line, where one can be named; nothing of the text is repeated
 */
export function parseXml(text: string): XmlElement {
  if (text.length > LONGEST_TEXT)
    throw badRecord(`the file is longer than ${LONGEST_TEXT} letters`);
  const declaration = /<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.exec(text);
  if (declaration) {
    throw badRecord(`line ${lineAt(text, declaration.index)}: document types are not read`);
  }
  const verdict = XMLValidator.validate(text);
  if (verdict !== true)
    throw badRecord(`line ${verdict.err.line}: the file is not well-formed XML`);
  const unknown = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)/i.exec(
    text.replace(/<!\[CDATA\[.*?\]\]>|<!--.*?-->/gs, (part) => part.replace(/[^\n]/g, ' ')),
  );
  if (unknown) throw badRecord(`line ${lineAt(text, unknown.index)}: an entity is not known`);
  const document = parsed(text);
  if (namesIn(document).length !== 1) throw badRecord('the file is not well-formed XML: two roots');
  return document;
}

function parsed(text: string): XmlElement {
  try {
    return PARSER.parse(text) as XmlElement;
  } catch {
    // Its messages quote names and values.
    throw badRecord(`the XML is nested deeper than ${DEEPEST} elements, or cannot be read`);
  }
}

/** Writes a document: keys are element names, `:@` attributes, `#text` text. */
export function formatXml(document: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${BUILDER.build(document)}`;
}

/** The elements of a name right below this one. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  const found = element !== undefined && Object.hasOwn(element, name) ? element[name] : undefined;
  return Array.isArray(found) ? found : [];
}

/** The names of the elements right below this one. */
export function namesIn(element: XmlElement): string[] {
  return Object.keys(element).filter((name) => name !== '#text' && name !== ':@');
}

/**
 * The element at the end of a path of names, each of which may be there once at most.
 * @throws RecordError that names the place and the element that is there twice
 */
export function find(
  element: XmlElement | undefined,
  path: string,
  place: string,
): XmlElement | undefined {
  let found = element;
  for (const name of path.split('/')) {
    const all = childrenOf(found, name);
    if (all.length > 1) throw badRecord(`${place}: ${name} is there more than once`);
    found = all[0];
  }
  return found;
}

/** The text of the element at the end of a path, blanks around it kept; undefined if not there. */
export function textAt(element: XmlElement | undefined, path: string, place: string) {
  const found = find(element, path, place);
  return found === undefined ? undefined : (found['#text'] ?? '');
}

export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  const attributes = element?.[':@'];
  return attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
