/**
 * Server-sent events from a stream (WHATWG HTML §9.2). The browser's own EventSource cannot send a
 * bearer token, and this server gives its log to nobody without one.
 * @param tell  given the data of each event
 * @returns when the stream ends
 * @throws when it breaks
 */
export async function readEvents(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  tell: (data: string) => void,
): Promise<void> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const lines = event.split('\n').filter((line) => line.startsWith('data: '));
      if (lines.length > 0) tell(lines.map((line) => line.slice('data: '.length)).join('\n'));
    }
  }
}
