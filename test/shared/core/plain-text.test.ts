import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthVerdict } from '../../../shared/assess/health-verdict.ts';
import { stopReason } from '../../../shared/aws/ecs-words.ts';
import { oneLine, plainTexts, withoutControls } from '../../../shared/core/plain-text.ts';
import { unknownBy } from '../../../shared/core/unknown.ts';
import { messageOf } from '../../../shared/format/errors.ts';
import { because } from '../../../shared/format/reasons.ts';
import { told } from '../../../shared/format/unknown.ts';
import { understand } from '../../../shared/intake/understand.ts';
import { arn, now, production } from '../../support/builders.ts';

/** What a terminal obeys, what breaks a line, what turns or hides text. */
const nasty = fc.constantFrom(
  ...[
    '\u001b[2J',
    '\u001b]8;;http://evil\u0007',
    '\u009b31m',
    '\r',
    '\n',
    '\u2028',
    '\u2029',
    '\u0085',
    '\0',
    '\b',
  ],
  ...[
    '\u202e',
    '\u2066',
    '\u200f',
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u034f',
    '\u3164',
    '\uffa0',
  ],
  ...['\u115f', '\u17b4', '\u180e', '\ufe0f', '\u{e0041}', '\u{e0101}', '\u2800', '\ud800', '\u061c'],
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 5 })), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(''));
const invisible = fc.array(
  nasty.filter((one) => !one.startsWith('\u001b') && !one.startsWith('\u009b')),
  {
    minLength: 1,
  },
);
/** Said again here and not imported: what no reader may get. */
const harmful = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const runs = { numRuns: fc.readConfigureGlobal()?.numRuns ?? 300, seed: 5 };

const consoleInput = (input: unknown) =>
  understand(
    {
      machine: 'emergency-scaling',
      input,
      execution: { arn: arn('emergency-scaling', 'x'), name: 'x', startedAt: now },
    },
    undefined,
    production,
    new Date(now),
  );
const alarmEvent = (reason: string) => ({
  id: 'event-1',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  time: now,
  detail: { alarmName: 'buywhere-api-HighCPU', state: { value: 'ALARM', reason } },
});

describe('text from outside', () => {
  const doors: [string, (text: string) => unknown][] = [
    ['one line', oneLine],
    ['any JSON', (text) => plainTexts({ [text]: [text, { a: text }] })],
    ['a health body', (text) => healthVerdict(JSON.stringify({ status: text, checks: { [text]: 'down' } }))],
    [
      'the stop reason of a task',
      (stoppedReason) => stopReason({ stopCode: 'EssentialContainerExited', stoppedReason }),
    ],
    ['an error of AWS', (text) => unknownBy(new Error(text))],
    ['a warning of Prometheus', (warning) => told({ cause: 'partial', warning }).text],
    ['the cause of a failure', (text) => messageOf(JSON.stringify({ errorMessage: text }))],
    ['the sentence of a reason', (said) => because('said', { said }).text],
    [
      'who asked, and why',
      (text) => consoleInput({ environment: 'production', requestedBy: `a${text}`, because: [`b${text}`] }),
    ],
    ['the reason of an alarm', (text) => consoleInput(alarmEvent(text))],
  ];

  it.each(doors)('that comes as %s holds nothing that a terminal obeys or an eye cannot see', (_, enter) => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const found of textsIn(enter(text.slice(0, 150)))) expect(found).not.toMatch(harmful);
      }),
      runs,
    );
  });

  it('keeps its words, and its lines where they are kept', () => {
    expect(oneLine('Zoë 数据 ok\n\n\u001b[31mred')).toBe('Zoë 数据 ok [31mred');
    expect(withoutControls('one\ntwo\u202e')).toBe('one\ntwo ');
    fc.assert(
      fc.property(hostile, (text) =>
        expect(withoutControls(text).split('\n')).toHaveLength(text.split('\n').length),
      ),
      runs,
    );
    fc.assert(
      fc.property(hostile, (text) => expect(oneLine(oneLine(text))).toBe(oneLine(text))),
      runs,
    );
  });

  it('is empty where nothing of it can be seen, so it is no reason and no name', () => {
    fc.assert(
      fc.property(invisible, (parts) => expect(oneLine(parts.join(''))).toBe('')),
      runs,
    );
    const refused = (field: object) => () => consoleInput({ environment: 'production', ...field });
    expect(refused({ requestedBy: '\u200b\u3164' })).toThrow('requestedBy: must be a name that can be read');
    expect(refused({ because: ['\u2800\ufe0f'] })).toThrow('because.0');
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member)]);
}
