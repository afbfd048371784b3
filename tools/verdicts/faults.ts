import type { Mail } from '../../sandbox/aws/mailbox.ts';
import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { shortDefinition } from '../../shared/format/settings.ts';
import type { Snapshot } from '../../shared/incident/snapshot.ts';
import type { Said } from './play.ts';
import { named, settingsAt, shown } from './settings.ts';
import { findingsIn } from './words.ts';

/** What was compared, and what of it is not so. */
export interface Compared {
  /** Settings, rows of tables and lines. */
  compared: number;
  faults: string[];
}

/** What is said of an incident and is not so (invariant 20), or not in words that people use. Pure. */
export function faultsOf(of: Said): Compared {
  const lines = textsOf(of).flatMap((text) => text.split('\n'));
  const parts: (string[] | undefined)[] = [
    ...restoredFaults(of),
    verdictFaults(of),
    ...of.mails.flatMap((mail) => mailFaults(mail, of)),
    ...of.pages.flatMap((page) => pageFaults(page, of)),
    ...lines.map((line) => findingsIn([line])),
  ];
  const compared = parts.filter((part) => part !== undefined);
  return { compared: compared.length, faults: [...new Set(compared.flat())] };
}

/** Everything that people read. */
const textsOf = ({ story, pages, mails }: Said): string[] => [
  story,
  ...pages.map((page) => page.replace(/<style>.*?<\/style>/s, '')),
  ...mails.flatMap(({ subject, text, html = '' }) => [subject, text, html]),
];

/** Whether the incident ended with its settings given back, be it after a rollback. */
export const isRestored = ({ report: { executions } }: Pick<Said, 'report'>): boolean =>
  executions.some(({ states }) => states.at(-1) === 'Restored');

/** "Restored" is every setting of the snapshot, and those that are named as different are so, and no other. */
function restoredFaults(of: Said): string[][] {
  const { report, snapshot } = of;
  const end = report.executions.findLast(({ states }) => states.at(-1) === 'Restored')?.end;
  if (!end) return [];
  if (!snapshot) return [['restored without a snapshot']];
  const [before, after] = [asSettings(snapshot, of.initial), settingsAt(of, Date.parse(end))];
  const told = new Map(report.differences.map((one) => [one.setting, one]));
  return Object.entries(named).map(([name, read]) => {
    const one = told.get(name);
    const [was, is] = [read(before), read(after)];
    if (was === is) return one ? [`restored, and ${name} is named as different, which it is not`] : [];
    const same = one !== undefined && plain(one.before) === was && plain(one.after) === is;
    return same ? [] : [`restored, but ${name} is ${is}, was ${was}, said ${one?.before} → ${one?.after}`];
  });
}

/** A definition is named by its ARN or by its short name. */
const plain = (value: unknown) => (typeof value === 'string' ? shortDefinition(value) : value);

/** A snapshot in the form of a service's settings. */
const asSettings = (
  { desired, taskDefinition, bounds, cpuPolicy }: Snapshot,
  initial: ServiceSettings,
): ServiceSettings => ({
  ...initial,
  desired,
  taskDefinition,
  ...(bounds ? { min: bounds.min, max: bounds.max, suspended: bounds.suspended } : {}),
  policies: cpuPolicy
    ? [
        {
          ...initial.policies[0],
          name: cpuPolicy.name,
          type: initial.policies[0]?.type ?? '',
          metric: initial.policies[0]?.metric ?? '',
          target: cpuPolicy.target,
          scaleOutCooldown: cpuPolicy.scaleOutCooldownSeconds,
          scaleInCooldown: cpuPolicy.scaleInCooldownSeconds,
        },
      ]
    : [],
});

/** The last line names the outcome, and what it claims of the settings is so. */
function verdictFaults({ report, verdict }: Said): string[] {
  const { outcome, before, after, differences } = report;
  const claimsBefore = /every setting is (as before|back)/.test(verdict);
  const changed = before ? Object.entries(named).filter(([, read]) => read(before) !== read(after)) : [];
  const moved = changed
    .filter(([name]) => name !== 'desired' && name !== 'taskDefinition')
    .map(([name]) => name);
  return [
    ...(verdict.includes(outcome.toUpperCase()) ? [] : [`the verdict does not say ${outcome}: ${verdict}`]),
    ...(outcome === 'restored' && differences.length > 0 !== verdict.includes('except ')
      ? [`${differences.length} differences, and the verdict says ${verdict}`]
      : []),
    ...(claimsBefore && moved.length > 0
      ? [`the verdict says ${verdict}, but ${moved.join(', ')} differ`]
      : []),
    ...(outcome === 'held' && /capacity stays as it is/.test(verdict) && lowered(report)
      ? [`held, capacity stays, but it was lowered: ${verdict}`]
      : []),
  ];
}

/** Whether the run that was held has itself lowered the count. */
const lowered = ({ writes, before, after }: Said['report']): boolean =>
  before !== null &&
  after.desired < before.desired &&
  writes.some(({ who, from, to }) => who === 'scale-in' && Number(to.desired) < Number(from.desired));

/** Notices that tell what is intended; the others tell what was written. */
const intends = /about to scale out|scaling out from|run started|waits for approval|not decided/;

/** The rows of a table of settings in a text: label, before, after. */
export const rowsOf = (text: string): [label: string, from: string, to: string][] =>
  text.split('\n').flatMap((line) => {
    const [label = '', from, to] = line.trim().split(/\s{2,}/);
    return from !== undefined && to !== undefined && label !== 'Setting' ? [[label, from, to]] : [];
  });

/** The moment of which an approval's table speaks, which may be long before it is read. Milliseconds. */
function saidAsOf(text: string): number {
  const [, date, time] = /(?:metrics are|changes,) as of (\S+)\s(\S+)\sUTC/.exec(text) ?? [];
  return Date.parse(`${date}T${time}.999Z`);
}

/** The rows of a page's table of settings. */
const rowsOfPage = (page: string): [label: string, from: string][] =>
  [...page.matchAll(/<th scope="row">([^<]*)<\/th><td>([^<]*)<\/td><td class="to">/g)].map(
    ([, label = '', from = '']) => [label, from],
  );

/** Each row of an approver's page says what was there when it was asked for. */
const pageFaults = (page: string, of: Said): (string[] | undefined)[] =>
  rowsOfPage(page).map(([label, from]) => {
    const present = shown(label, settingsAt(of, saidAsOf(page)));
    if (present === undefined) return undefined;
    return present === from ? [] : [`the page says ${label} ${from}, but it was ${present}`];
  });

/** What a plan says is told within so many milliseconds, while AWS throttles, too. */
const onItsWay = 5000;

/** Each row of a mail's table says what was there, and what was written or will be. */
function mailFaults(mail: Mail, of: Said): (string[] | undefined)[] {
  const at = mail.channel === 'ses' ? saidAsOf(mail.text) : mail.at;
  const now = settingsAt(of, at);
  const own = of.writes.filter(
    (write) => write.at <= mail.at && !/^(application-autoscaling|person)$/.test(write.who),
  );
  return rowsOf(mail.text).map(([label, from, to]) => {
    const present = shown(label, now);
    if (present === undefined) return undefined;
    const row = `"${mail.subject}" says ${label} ${from} → ${to}`;
    // Autoscaling, or the run's own write, may come between the state that plans and the one that tells of it.
    if (mail.channel === 'ses' || intends.test(mail.subject))
      return from === present || from === shown(label, settingsAt(of, at - onItsWay))
        ? []
        : [`${row}, but it is ${present}`];
    const values = own.map((write) => shown(label, { ...now, ...write.to }));
    const began = own.map((write) => shown(label, { ...now, ...write.from }));
    const written = values.includes(to) && began.includes(from);
    return written ? [] : [`${row}, which nobody has written`];
  });
}
