import { describe, expect, test } from 'vitest';
import { attributeOf, find, formatXml, parseXml, textAt } from '../../../host/provision/xml.ts';
import { refusalOf } from './records.ts';

/** Each entity is ten of the one before: a gigabyte, once expanded. */
const LAUGHS = `<!DOCTYPE lolz [<!ENTITY a "lol">${'bcdefghij'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)
  .join('')}]><lolz>&j;</lolz>`;

describe('XML that attacks its reader is refused:', () => {
  test.each([
    ['entities that expand without end', LAUGHS, 'line 1: document types are not read'],
    [
      'one long entity, many times',
      `<!DOCTYPE a [<!ENTITY x "${'A'.repeat(1e5)}">]><a>&x;&x;</a>`,
      'line 1',
    ],
    [
      'a file of this computer',
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>',
      'line 2',
    ],
    ['a document type elsewhere', '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">\n<a/>', 'line 1'],
    [
      'parameter entities',
      '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://192.0.2.1/"> %x;]><a/>',
      'line 1',
    ],
    ['a document type in small letters', '<!doctype a [<!entity x "y">]><a>&x;</a>', 'line 1'],
    ['an entity of nobody', '<a>\n&x;</a>', 'line 2: an entity is not known'],
    ['one in an attribute', '<a>\n<b c="&x;"/></a>', 'line 2: an entity is not known'],
    ['a bare ampersand', '<a>b & c</a>', 'line 1: the file is not well-formed'],
    ['nesting without end', '<a>'.repeat(5000) + '</a>'.repeat(5000), 'nested deeper than 32'],
    ['a file without end', `<a>${' '.repeat(5e6)}</a>`, 'is longer than'],
    ['tags that do not match', '<a>\n<b></a>', 'line 2: the file is not well-formed'],
    ['two roots', '<a/>\n<b/>', 'not well-formed'],
    ['an attribute twice', '<a b="1" b="2"/>', 'not well-formed'],
  ])('%s', async (_, text, reason) => {
    expect((await refusalOf(() => parseXml(text))).message).toContain(reason);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'elements and attributes named %s reach nothing',
    (name) => {
      const text = `<a><${name}><polluted>yes</polluted></${name}><b ${name}="c"/></a>`;
      try {
        expect(find(parseXml(text), 'a/b', 'here')).toBeDefined();
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_RECORD' });
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );
});

describe('XML is read', () => {
  test('with prefixes, escapes, character numbers, sections and comments', () => {
    const document = parseXml(
      '\ufeff<?xml version="1.0"?><!-- & --><p:a xmlns:p="urn:x" p:b="&lt;1&gt;"><q:c>&#65;&#x42;' +
        '<![CDATA[<&x;]]>&amp;lt;</q:c></p:a>',
    );
    expect(textAt(document, 'a/c', 'here')).toBe('AB<&x;&lt;');
    expect(attributeOf(find(document, 'a', 'here'), 'b')).toBe('<1>');
  });

  test('as it was written', () => {
    const text = 'a & <b> "c" \'d\' é 😀';
    const document = parseXml(formatXml({ a: { ':@': { b: text }, c: text } }));
    expect(textAt(document, 'a/c', 'here')).toBe(text);
    expect(attributeOf(find(document, 'a', 'here'), 'b')).toBe(text);
  });

  test('and what is there twice is refused where one is meant', async () => {
    const document = parseXml('<a><b/><b/></a>');
    const refusal = await refusalOf(() => find(document, 'a/b', 'key package 7'));
    expect(refusal.message).toBe('seed record: key package 7: b is there more than once');
  });

  test('and what is not there is undefined', () => {
    const document = parseXml('<a/>');
    expect(find(document, 'a/b/c', 'here')).toBeUndefined();
    expect(textAt(document, 'a/b', 'here')).toBeUndefined();
    expect(textAt(document, 'a', 'here')).toBe('');
  });
});
