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
/** A label's name may be any UTF-8 in quotes. Source: Prometheus, UTF-8 in metric and label names. */
const labelPattern = /^([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\]|\\.)*")[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/;
const timestampPattern = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;
const valuePattern =
  /^[-+]?(?:nan|inf(?:inity)?|\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|0x[0-9a-f]+)$/i;

/** Every timestamp in milliseconds since 1973 is above, every one in seconds until the year 5138 below. */
const secondsBelow = 1e11;
/** OpenMetrics adds an exemplar to a sample; a `#` in a label stands before. */
const exemplarPattern = /[ \t]#.*$/;

/**
 * Parses the Prometheus text format 0.0.4 and OpenMetrics 1.0. Comments, HELP, TYPE, EOF and exemplars are skipped; NaN
 * and infinities are kept. Timestamps are milliseconds in the one format and seconds with a fraction in the other.
 * Sources: Prometheus, exposition formats, text-based format; OpenMetrics 1.0, ABNF.
 * @param wanted names of the metrics that are asked for: a faulty line of another one spoils nothing.
 * @throws PrometheusTextError at the first faulty line of a wanted metric, or where the page holds no sample at all.
 */
export function parsePrometheusText(text: string, wanted?: readonly string[]): Sample[] {
  const samples: Sample[] = [];
  const faults: PrometheusTextError[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const read = sampleOf(content, index + 1);
    if (!(read instanceof PrometheusTextError)) samples.push(read);
    else if (isWanted(content, wanted)) throw read;
    else faults.push(read);
  }
  if (samples.length === 0 && faults[0]) throw faults[0];
  return samples;
}

const isWanted = (line: string, wanted?: readonly string[]) =>
  !wanted || wanted.includes(namePattern.exec(line)?.[0] ?? '');

function sampleOf(line: string, number: number): Sample | PrometheusTextError {
  const fail = (what: string) => new PrometheusTextError(`line ${number}: ${what}: ${line.slice(0, 80)}`);
  const name = namePattern.exec(line)?.[0];
  if (!name) return fail('no metric name');
  const labelled = labelsOf(line.slice(name.length).trimStart());
  if (typeof labelled === 'string') return fail(labelled);
  const { labels, rest } = labelled;
  const [value = '', timestamp, ...more] = rest
    .replace(exemplarPattern, '')
    .trim()
    .split(/[ \t]+/);
  if (!valuePattern.test(value)) return fail('no number');
  if (more.length > 0 || (timestamp !== undefined && !timestampPattern.test(timestamp))) {
    return fail('no timestamp');
  }
  return {
    name,
    labels,
    value: numberOf(value),
    ...(timestamp ? { timestamp: millisecondsOf(Number(timestamp)) } : {}),
  };
}

const millisecondsOf = (timestamp: number) =>
  Math.abs(timestamp) < secondsBelow ? Math.round(timestamp * 1000) : timestamp;

/** The labels and what stands behind them, or what is wrong with them. */
function labelsOf(text: string): { labels: Record<string, string>; rest: string } | string {
  if (!text.startsWith('{')) return { labels: {}, rest: text };
  const labels: Record<string, string> = {};
  let rest = text.slice(1).trimStart();
  while (!rest.startsWith('}')) {
    const found = labelPattern.exec(rest);
    if (!found) return 'faulty label';
    const [whole, name = '', value = ''] = found;
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length).trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith('}')) return 'no comma between labels';
  }
  return { labels, rest: rest.slice(1) };
}

function numberOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
