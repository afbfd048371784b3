import type { Output } from '../input.ts';

/**
 * The AWS query protocol: form fields in, XML out. It knows no types, so the members that are no text are named here.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

/** Members of CloudWatch's input that are numbers, booleans and times; every other one is text. */
const NUMBERS = new Set(['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold', 'MaxRecords']);
const BOOLEANS = new Set(['ActionsEnabled', 'ReturnData']);
const TIMES = new Set(['StartTime', 'EndTime']);

function typed(member: string, text: string): unknown {
  if (NUMBERS.has(member)) return Number(text);
  if (BOOLEANS.has(member)) return text === 'true';
  if (TIMES.has(member)) return Date.parse(text) / 1000;
  return text;
}

type Fields = Map<string, Fields | string>;

function put(fields: Fields, [first = '', ...rest]: string[], text: string): void {
  if (rest.length === 0) return void fields.set(first, text);
  const known = fields.get(first);
  const inner: Fields = known instanceof Map ? known : new Map();
  fields.set(first, inner);
  put(inner, rest, text);
}

function readField(member: string, field: Fields | string): unknown {
  if (typeof field === 'string') return typed(member, field);
  const items = field.get('member');
  if (items instanceof Map) {
    const numbered = [...items].sort(([a], [b]) => Number(a) - Number(b));
    return numbered.map(([, item]) => readField(member, item));
  }
  return Object.fromEntries([...field].map(([name, inner]) => [name, readField(name, inner)]));
}

/** The input of a call: `Dimensions.member.1.Name=a` is the first of a list of structures. */
export function readForm(body: string): Record<string, unknown> {
  const fields: Fields = new Map();
  for (const [path, text] of new URLSearchParams(body)) put(fields, path.split('.'), text);
  return Object.fromEntries([...fields].map(([name, field]) => [name, readField(name, field)]));
}

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `Timestamps` and `StateUpdatedTimestamp` alike; JSON has epoch seconds, XML a date. */
const isTime = (member: string) => /Timestamps?$/.test(member);

function element(member: string, value: unknown, tag = member): string {
  if (Array.isArray(value))
    return `<${tag}>${value.map((item) => element(member, item, 'member')).join('')}</${tag}>`;
  if (typeof value === 'object' && value !== null) return `<${tag}>${xml(value)}</${tag}>`;
  const text = isTime(member) ? new Date(Number(value) * 1000).toISOString() : String(value);
  return `<${tag}>${escapeXml(text)}</${tag}>`;
}

/** The members of a structure as XML elements; those without a value are left out. */
export function xml(members: Output | object): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => element(name, value))
    .join('');
}
