/** One sample of a `/metrics` page. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
  /** Milliseconds since the epoch, where the page says so. */
  timestamp?: number;
}

/** A page that does not follow the format; the message names the line. */
class PrometheusTextError extends Error {
  override name = 'PrometheusTextError';
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelPattern = /^([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/;
const valuePattern =
  /^[-+]?(?:nan|inf(?:inity)?|\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|0x[0-9a-f]+)$/i;

/**
 * Parses the Prometheus text format 0.0.4. Comments, HELP and TYPE are skipped; NaN and infinities are kept.
 * Source: Prometheus, exposition formats, text-based format.
 * @throws PrometheusTextError at the first line that is no sample.
 */
export function parsePrometheusText(text: string): Sample[] {
  return text.split('\n').flatMap((line, index) => {
    const content = line.trim();
    return content === '' || content.startsWith('#') ? [] : [sampleOf(content, index + 1)];
  });
}

function sampleOf(line: string, number: number): Sample {
  const fail = (what: string) => new PrometheusTextError(`line ${number}: ${what}: ${line.slice(0, 80)}`);
  const name = namePattern.exec(line)?.[0];
  if (!name) throw fail('no metric name');
  const { labels, rest } = labelsOf(line.slice(name.length).trimStart(), fail);
  const [value = '', timestamp, ...more] = rest.trim().split(/[ \t]+/);
  if (!valuePattern.test(value)) throw fail('no number');
  if (more.length > 0 || (timestamp !== undefined && !/^-?\d+$/.test(timestamp))) throw fail('no timestamp');
  return { name, labels, value: numberOf(value), ...(timestamp ? { timestamp: Number(timestamp) } : {}) };
}

function labelsOf(
  text: string,
  fail: (what: string) => PrometheusTextError,
): { labels: Record<string, string>; rest: string } {
  if (!text.startsWith('{')) return { labels: {}, rest: text };
  const labels: Record<string, string> = {};
  let rest = text.slice(1).trimStart();
  while (!rest.startsWith('}')) {
    const found = labelPattern.exec(rest);
    if (!found) throw fail('faulty label');
    const [whole, name = '', value = ''] = found;
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length).trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith('}')) throw fail('no comma between labels');
  }
  return { labels, rest: rest.slice(1) };
}

function numberOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
