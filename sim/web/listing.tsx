/** Text as it is on the wire, which may be longer than its place: then it scrolls, by keys as well. */
export function Listing({ title, text }: { title: string; text: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no text
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <pre tabIndex={0} role="group" aria-label={title}>
      {text}
    </pre>
  );
}
