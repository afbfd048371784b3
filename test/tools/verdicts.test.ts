import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { faultsOf, isRestored, rowsOf } from '../../tools/verdicts/faults.ts';
import { matrixOf } from '../../tools/verdicts/matrix.ts';
import { type Said, said } from '../../tools/verdicts/play.ts';
import { againOf, verdicts, verdictsText } from '../../tools/verdicts.ts';

jest.setTimeout(120_000);

const cell = {
  scenario: 'traffic-spike',
  environment: 'production',
  answer: 'yes',
  throttle: 0,
  seed: 1,
} as const;

describe('what is said of an incident', () => {
  let sound: Said;
  beforeAll(async () => {
    sound = await said(cell);
  });

  it('is all so, and much of it is compared', () => {
    expect(isRestored(sound)).toBe(true);
    expect(sound.pages.length).toBeGreaterThan(0);
    const { compared, faults } = faultsOf(sound);
    expect(faults).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  const mailWith = (text: string, change: (text: string) => string) => ({
    mails: sound.mails.map((mail) =>
      mail.text.includes(text) ? { ...mail, text: change(mail.text) } : mail,
    ),
  });
  it.each<[string, () => Partial<Said>, RegExp]>([
    [
      'a setting that is not back',
      () => ({
        writes: sound.writes.map((write, index) =>
          index === sound.writes.length - 1 ? { ...write, to: { ...write.to, max: 19 } } : write,
        ),
      }),
      /restored, but max is 19, was 10, said undefined/,
    ],
    [
      'a difference that is none',
      () => ({
        report: {
          ...sound.report,
          differences: [
            {
              setting: 'min',
              before: 1,
              after: 2,
              by: 'person',
              reason: { code: 'x', text: 'x' },
              text: 'x',
            },
          ],
        },
      }),
      /restored, and min is named as different, which it is not/,
    ],
    ['no snapshot', () => ({ snapshot: undefined }), /restored without a snapshot/],
    ['another verdict', () => ({ verdict: 'HELD, exit code 5' }), /the verdict does not say restored/],
    [
      'an exception that nobody names',
      () => ({ verdict: `${sound.verdict} except desired tasks 3 → 4` }),
      /0 differences, and the verdict says/,
    ],
    [
      'every setting as before, which they are not',
      () => ({
        verdict: 'RESTORED: every setting is as before',
        report: { ...sound.report, after: { ...sound.report.after, max: 19 } },
      }),
      /every setting is as before, but max differ/,
    ],
    [
      'a notice of what was never written',
      () =>
        mailWith('everything below is written', (text) => text.replace(/(Maximum tasks +\d+ +)\d+/, '$199')),
      /says Maximum tasks 10 → 99, which nobody has written/,
    ],
    [
      'a plan that begins elsewhere',
      () => mailWith('scaling out from', (text) => text.replace(/(Desired tasks +)\d+/, '$18')),
      /says Desired tasks 8 → \d+, but it is/,
    ],
    [
      'a mail to approvers about other settings',
      () => mailWith('WHAT CHANGES', (text) => text.replace(/(Maximum tasks +)\d+/, '$199')),
      /"Scale in buywhere-api in production\?" says Maximum tasks 99 → 10, but it is 20/,
    ],
    [
      'a page about other settings',
      () => ({ pages: sound.pages.map((page) => page.replace('<td>20</td>', '<td>99</td>')) }),
      /the page says Desired tasks 99, but it was 20/,
    ],
    ['a story in JSON', () => ({ story: `${sound.story}\n{"desired": 3}` }), /JSON: \{"desired": 3\}/],
    ['a page with a variable', () => ({ pages: ['<p>the cpuPercent</p>'] }), /a variable name: /],
  ])('finds %s', (_, change, fault) => {
    expect(faultsOf({ ...sound, ...change() }).faults.join('\n')).toMatch(fault);
  });

  it('finds that a run that was held has lowered the count', () => {
    const writes = [{ at: '', who: 'scale-in', call: '', from: { desired: 3 }, to: { desired: 2 } }];
    const { report } = sound;
    const held = { ...report, outcome: 'held' as const, writes, after: { ...report.after, desired: 2 } };
    const verdict = 'HELD, exit code 5: a person is called; capacity stays as it is.';
    expect(faultsOf({ ...sound, report: held, verdict }).faults.join()).toContain(
      'held, capacity stays, but',
    );
  });
});

it('reads the rows of a table, without its head', () => {
  expect(rowsOf('A line.\n\nSetting        before  after\nDesired tasks  3       9\n\n- why')).toEqual([
    ['Desired tasks', '3', '9'],
  ]);
});

it('plays each scenario with each answer, in staging, and throttled', () => {
  const cells = matrixOf(2).filter(({ scenario }) => scenario === 'step');
  expect(cells).toHaveLength(16);
  expect(
    new Set(
      cells.map(({ answer, environment, throttle, seed }) => `${environment} ${answer} ${throttle} ${seed}`),
    ).size,
  ).toBe(16);
  expect(matrixOf(15).length).toBeGreaterThan(2000);
});

it('tells what is untrue, and how to play it again', () => {
  const one = { cell, outcome: 'restored', restored: true, compared: 1200, faults: [] };
  const wrong = { ...one, cell: { ...cell, throttle: 30 }, faults: ['restored, but max is 19'] };
  expect(verdictsText([one, wrong])).toBe(`scenario       plays  verdicts      untrue
traffic-spike  2      2 × restored  1
npm run simulate -- --scenario traffic-spike --environment production --approve yes --seed 1 --throttle 30
  restored, but max is 19
2 plays, 2 of them restored, 2,400 sentences and rows compared, 1 untrue`);
  expect(againOf(cell)).not.toContain('throttle');
});

it.each([['0'], ['101'], ['many']])('refuses %s seeds', async (seeds) => {
  const written: string[] = [];
  const spy = jest
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await verdicts(['--seeds', seeds])).toBe(2);
    expect(written.join('')).toContain(`--seeds: "${seeds}" must be a whole number from 1 to 100`);
  } finally {
    spy.mockRestore();
  }
});
