import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { codeSpans, read, section, tableRows } from './support/markdown.ts';

/** Which function's role may touch which kind of record: docs/permissions.md says it, the files in iam/ do it. */

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const Statement = z.looseObject({
  Action: oneOrMore,
  Condition: z
    .looseObject({
      'ForAllValues:StringLike': z.looseObject({ 'dynamodb:LeadingKeys': z.array(z.string()) }).optional(),
    })
    .optional(),
});
const Role = z.looseObject({
  Properties: z.looseObject({
    Policies: z.array(z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(Statement) }) })),
  }),
});
const Template = z.looseObject({ Resources: z.record(z.string(), z.unknown()) });

interface Right {
  role: string;
  action: string;
  /** The part of the keys before the first slash. */
  kind: string;
}

const rights = readdirSync('iam')
  .filter((file) => file.endsWith('.yml'))
  .flatMap((file) => rightsIn(join('iam', file)));

function rightsIn(file: string): Right[] {
  const template = Template.safeParse(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
  return Object.values(template.data?.Resources ?? {})
    .flatMap((resource) => Role.safeParse(resource).data?.Properties.Policies ?? [])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Condition }) =>
      (Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []).flatMap((key) =>
        Action.map((action) => ({ role: basename(file, '.yml'), action, kind: key.split('/')[0] ?? '' })),
      ),
    );
}

const rolesWith = (action: string, kind: string): string[] =>
  rights.filter((right) => right.action === action && right.kind === kind).map(({ role }) => role);

const rows = tableRows(section(read('docs/permissions.md'), '## Records')).map(
  ([keys = '', , writers = '', readers = '', madeIn = '']) => ({
    kind: codeSpans(keys)[0]?.split('/')[0] ?? '',
    keys: codeSpans(keys),
    writers: codeSpans(writers),
    readers: codeSpans(readers),
    madeIn: codeSpans(madeIn)[0] ?? '',
  }),
);

it('lists every kind of record that a role may touch, and no other', () => {
  expect(rights.length).toBeGreaterThan(rows.length);
  expect(rows.map(({ kind }) => kind).sort()).toEqual([...new Set(rights.map(({ kind }) => kind))].sort());
});

describe.each(rows)('$kind', ({ kind, keys, writers, readers, madeIn }) => {
  it('is written by exactly the functions whose roles may', () => {
    expect(writers.toSorted()).toEqual(rolesWith('dynamodb:PutItem', kind).sort());
  });

  it('is read by exactly the functions whose roles may', () => {
    expect([...writers, ...readers].sort()).toEqual(rolesWith('dynamodb:GetItem', kind).sort());
  });

  it('gets its key where the list says so', () => {
    const code = readFileSync(madeIn, 'utf8');
    // `service/CLUSTER/SERVICE` is made by a template that begins with `service/`.
    for (const key of keys) expect(code).toContain(`\`${key.replace(/[A-Z].*$/, '')}\${`);
  });
});
