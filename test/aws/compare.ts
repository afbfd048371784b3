/** What a call answered, as plain data: the output, or the error's name and HTTP status. */
export interface Answer {
  output?: unknown;
  error?: { name: string; status: number | undefined };
}

/** One place in an answer where the two AWSs disagree. */
export interface Difference {
  /** Keys from the top, `[]` for every element of a list; empty for the whole answer. */
  path: string;
  sandbox: string;
  other: string;
}

/** What each AWS makes up for itself, and the present time: replaced by its kind. */
const MADE_UP: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/ecs-svc\/\d+/g, 'ecs-svc/<number>'],
  [/(?<=scalable-target\/)[0-9a-z]+/g, '<id>'],
  [/(?<=task\/[\w-]+\/)[0-9a-f]{32}/g, '<id>'],
];

/** moto's own form of a UUID in SES: groups of letters. */
const MESSAGE_ID = /^[a-z]{16}-[a-z]{8}-[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{12}-[a-z]{6}$/;

function scalar(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value instanceof Date) return '<time>';
  if (typeof value !== 'string') return JSON.stringify(value);
  if (MESSAGE_ID.test(value)) return '<uuid>';
  return MADE_UP.reduce((text, [pattern, kind]) => text.replaceAll(pattern, kind), value);
}

const isStructure = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A value as a table shows it: scalars as they are, of the others their kind and size. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} elements`;
  return isStructure(value) ? 'a structure' : scalar(value);
}

function within(path: string, sandbox: unknown, other: unknown): Difference[] {
  if (Array.isArray(sandbox) && Array.isArray(other) && sandbox.length === other.length) {
    return sandbox.flatMap((each, index) => within(`${path}[]`, each, other[index]));
  }
  if (isStructure(sandbox) && isStructure(other)) {
    const keys = [...new Set([...Object.keys(sandbox), ...Object.keys(other)])];
    return keys.flatMap((key) => within(path ? `${path}.${key}` : key, sandbox[key], other[key]));
  }
  const [ours, theirs] = [brief(sandbox), brief(other)];
  const same = ours === theirs && !Array.isArray(sandbox) && !isStructure(sandbox);
  return same ? [] : [{ path, sandbox: ours, other: theirs }];
}

/** Every difference between two answers to the same call, each place once. */
export function compare(sandbox: Answer, other: Answer): Difference[] {
  const found =
    sandbox.error || other.error
      ? within('error', outcome(sandbox), outcome(other))
      : within('', sandbox.output, other.output);
  return [...new Map(found.map((difference) => [JSON.stringify(difference), difference])).values()];
}

const outcome = ({ error }: Answer) => (error ? `${error.name} (${error.status})` : 'none: it succeeds');

/** Makes a call and keeps what it answered. */
export async function answerOf(call: () => Promise<object>): Promise<Answer> {
  try {
    const { $metadata: _, ...output } = { $metadata: undefined, ...(await call()) };
    return { output };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = Reflect.get(error, '$metadata');
    const status = isStructure(metadata) ? Number(metadata.httpStatusCode) : undefined;
    // moto answers what it has not got, and what it stumbles over, with a page of HTML.
    return { error: { name: status === 500 ? 'a crash' : error.name, status } };
  }
}
