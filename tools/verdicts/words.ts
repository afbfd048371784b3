/** What must stand in nothing that people read. Pure. */

/**
 * What is not ours to word: what is to be typed, numbers of processes, links, names of AWS's resources, CloudWatch's own
 * reason for an alarm.
 */
const ownWords = (line: string) =>
  line
    .replace(/\{"environment"[^}]*\}|\{&quot;environment&quot;[^}]*\}/g, '')
    .replace(/\bSET \w+ = \d+|\bCONFIG SET maxmemory \d+|\b(redis-cli|psql) -h .*/g, '')
    .replace(/\bpid \d+|\bpg_terminate_backend\(\d+\)/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/(https?:\/\/|arn:)\S+/g, '')
    .replace(/Threshold Crossed.*/, '');

/** Names that people use: operations of AWS, units, fields of an input, what ECS says of a stopped task. */
const names = new Set(['vCPU', 'vCPUs', 'minCapacity', 'maxCapacity']);
const stopCodes = new Set(['CannotPullContainerError', 'ResourceInitializationError', 'OutOfMemoryError']);

/** What must stand in no line, each with the words that may. */
export const forbidden: readonly [what: string, pattern: RegExp, allowed?: ReadonlySet<string>][] = [
  ['JSON', /\{"|\["|"[\]}]|":|&quot;:/g],
  ['a variable name', /\b[a-z]+[a-z\d]*[A-Z]\w*/g, names],
  ['the class name of an error', /\b[A-Z]\w+(Error|Exception)\b/g, stopCodes],
  ['a number without its comma', /(?<![-\w.:#])\d{4,}(?![-\w:])/g],
  [
    'an unrounded number',
    /(?<![\d.,])(\d{3,}\.\d+|\d{2}\.\d{2,}|[1-9]\.\d{3,}|0\.0*[1-9]\d{3,})(?![\d.]*\.\d)/g,
  ],
  ['percent without a space', /\d%/g],
  ['a time of a machine', /\d{4}-\d\d-\d\dT\d\d:\d\d/g],
];

/** The lines in which something of that stands, each with what it is. */
export const findingsIn = (lines: readonly string[]): string[] => [
  ...new Set(
    lines.flatMap((line) =>
      forbidden.flatMap(([what, pattern, allowed]) =>
        (ownWords(line).match(pattern) ?? []).some((found) => !allowed?.has(found))
          ? [`${what}: ${line.trim()}`]
          : [],
      ),
    ),
  ),
];
