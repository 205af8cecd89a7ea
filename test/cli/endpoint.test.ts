import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../sim/cli/endpoint.ts';

describe('an endpoint', () => {
  test.each([
    ['https://graph.microsoft.com/beta', 'https://graph.microsoft.com', 'beta'],
    ['https://graph.microsoft.com/beta/', 'https://graph.microsoft.com', 'beta'],
    ['https://graph.microsoft.com', 'https://graph.microsoft.com', 'beta'],
    ['https://graph.microsoft.com/v1.0', 'https://graph.microsoft.com', 'v1.0'],
    ['https://proxy.example/graph/BETA', 'https://proxy.example/graph', 'beta'],
    ['http://127.0.0.1:6284/beta', 'http://127.0.0.1:6284', 'beta'],
    ['http://localhost:6284', 'http://localhost:6284', 'beta'],
    ['http://[::1]:6284/beta', 'http://[::1]:6284', 'beta'],
  ])('%s is %s in version %s', (text, baseUrl, version) => {
    expect(parseEndpoint(text)).toMatchObject({ baseUrl, version });
  });

  test.each([
    'graph.microsoft.com',
    'ftp://graph.microsoft.com/beta',
    'https://admin:secret@graph.microsoft.com/beta',
    'https://graph.microsoft.com/beta?x=1',
    'http://graph.microsoft.com/beta',
    'http://127.0.0.1.example.com/beta',
    'http://localhost.example.com/beta',
    'http://192.168.0.7:6284/beta',
  ])('%s is refused, without being repeated', (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => parseEndpoint(text)).not.toThrow(text);
  });
});
