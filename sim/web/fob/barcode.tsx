import { code128, QUIET_ZONE } from './code128.ts';

const HEIGHT = 24;

export function Barcode({ text }: { text: string }) {
  const { width, bars } = code128(text);
  return (
    <svg
      class="barcode"
      viewBox={`${-QUIET_ZONE} 0 ${width + 2 * QUIET_ZONE} ${HEIGHT}`}
      preserveAspectRatio="none"
      shape-rendering="crispEdges"
      role="img"
      aria-label={`Code 128: ${text}`}
    >
      {bars.map((bar) => (
        <rect key={bar.left} x={bar.left} width={bar.width} height={HEIGHT} />
      ))}
    </svg>
  );
}
