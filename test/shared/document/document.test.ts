import { expect, it } from '@jest/globals';
import { parse } from '../../../shared/core/schema.ts';
import { documentKeys, documentWith } from '../../../shared/document/document.ts';
import { assessment, incident, plan, request } from '../../support/builders.ts';
import { read } from '../../support/markdown.ts';

const whole = { request: request(), incident: incident(), assessment: assessment(), plan: plan() };

it('gives a step the keys that it needs, and no other', () => {
  expect(parse(documentWith('request', 'incident'), whole)).toEqual({
    request: whole.request,
    incident: whole.incident,
  });
});

it('leaves out an optional key that is not there yet, but not a faulty one', () => {
  const schema = documentWith('request', 'plan?');
  expect(parse(schema, whole)).toEqual({ request: whole.request, plan: whole.plan });
  expect(parse(schema, { request: whole.request })).toEqual({ request: whole.request });
  expect(() => parse(schema, { request: whole.request, plan: { round: 'one' } })).toThrow('plan.');
});

it('names every key that is missing', () => {
  expect(() => parse(documentWith('request', 'incident', 'plan?'), {})).toThrow(
    'request: is missing; incident: is missing',
  );
});

it.each(Object.keys(documentKeys))('has a meaning that people can read: %s', (key) => {
  const rows = read('docs/operations.md').split('\n');
  expect(rows.filter((row) => row.startsWith('|') && row.split('|')[1]?.includes(`\`${key}\``))).not.toEqual(
    [],
  );
});
