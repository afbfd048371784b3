import type { ServersRead } from '../../document/servers-read.ts';
import type { Budget, Raise } from '../../pool/budget.ts';
import { longSeconds } from '../../pool/holds.ts';
import type { Session } from '../../pool/types.ts';
import type { Finding, FindingFacts } from '../../pool/verdict.ts';
import type { Waiting } from '../../pool/waiting/pools.ts';
import { type Advice, type Line, say, type } from '../advice.ts';
import { rounded } from '../numbers.ts';
import { duration } from '../text.ts';
import { told } from '../unknown.ts';
import { sidecarText } from './sidecar.ts';
import { many, wait } from './words.ts';

const place = ({ database, user, instance }: Waiting) => `${database}/${user} on ${instance}`;

/** The pool whose client waits longest, and how many more there are. */
function waitingText(pools: readonly Waiting[]): string {
  const [longest, ...more] = pools.toSorted((a, b) => b.seconds - a.seconds);
  if (!longest) return 'no client waits';
  const others = more.length > 0 ? `, and those of ${many(more.length, 'more pool')}` : '';
  const verb = longest.clients === 1 ? 'client waits' : 'clients wait';
  return `${rounded(longest.clients)} ${verb} for ${place(longest)} (longest ${wait(longest.seconds)})${others}`;
}

const budgetText = ({ pools, direct, limit }: Budget) =>
  `all pools with their reserves ${rounded(pools)} + direct ${rounded(direct)} = ${rounded(pools + direct)} of ${rounded(limit)} connections`;

const sessionText = ({ pid, application, user, seconds, state }: Session) =>
  `${application === '' ? 'no application name' : application} (user ${user}, pid ${pid}): ${state} for ${duration(seconds)}`;

/** The longest few; a screen has no room for a hundred. */
function sessionLines(sessions: readonly Session[]): string[] {
  const shown = sessions.toSorted((a, b) => b.seconds - a.seconds).slice(0, 3);
  const more = sessions.length - shown.length;
  return [...shown.map(sessionText), ...(more > 0 ? [`and ${rounded(more)} more`] : [])];
}

/** The console of an instance, for a user in admin_users. */
const adminOf = (name: string): Line => {
  const colon = name.lastIndexOf(':');
  const host = name.slice(0, colon).replace(/^\[|\]$/g, '');
  return type(`psql -h ${host} -p ${name.slice(colon + 1)} -U ADMIN pgbouncer`);
};
const kept = 'A RELOAD or a restart throws SET away: what shall last belongs into pgbouncer.ini.';

/** What is typed on each instance, instance by instance, with the answer read back: SET says SET even where nothing changed. */
function setLines(raises: readonly Raise[]): Line[] {
  const byInstance = Map.groupBy(raises, ({ instance }) => instance);
  const lines = [...byInstance].flatMap(([instance, own]) => [
    adminOf(instance),
    ...own.map(({ setting, from, to }) => type(`  SET ${setting} = ${to};  -- was ${from}`)),
    type('  SHOW CONFIG;'),
  ]);
  const settings = new Map(raises.map(({ setting, to }) => [setting, to]));
  return [...lines, say(kept), ...[...settings].map(([setting, to]) => type(`  ${setting} = ${to}`))];
}

type Words = { [Code in keyof FindingFacts]: (facts: FindingFacts[Code]) => Advice };

const ending = (sessions: readonly Session[]): Line[] => {
  const longest = sessions.toSorted((a, b) => b.seconds - a.seconds)[0];
  return longest ? [type(`SELECT pg_terminate_backend(${longest.pid});`)] : [];
};

/** What no transaction of an API waits for between two of its queries. Seconds. */
const idleSeconds = 30;

/**
 * PgBouncer's own end of transactions that do nothing: it frees the pool within seconds, and ends what is open on purpose as
 * well, so that a person decides. Source: PgBouncer, idle_transaction_timeout; measured on 1.18 and 1.26.
 */
const endingAll = (pools: readonly Waiting[]): Line[] => [
  say(
    `Or all of them, and those to come: PgBouncer ends what is idle in a transaction for over ${idleSeconds} s, a long migration as well. Note what SHOW CONFIG says before, and set it back afterwards.`,
  ),
  ...[...new Set(pools.map(({ instance }) => instance))].flatMap((instance) => [
    adminOf(instance),
    type('  SHOW CONFIG;'),
    type(`  SET idle_transaction_timeout = ${idleSeconds};`),
  ]),
];

const words: Words = {
  sidecar: ({ budget, tasks, freeSlots: free, to }) => ({
    text: `PgBouncer runs beside each task, and nothing is set there: a new task begins with what its pgbouncer.ini says.`,
    lines: [
      say(`The limit: ${sidecarText(budget)}.`),
      ...(free === undefined ? [] : [say(`Now it has ${many(free, 'free slot')}.`)]),
      ...(to === undefined
        ? [
            say(
              `No larger pool fits ${many(tasks, 'task')}: first find what holds the connections, or raise max_connections.`,
            ),
          ]
        : [
            say(
              `Where clients wait, no transaction hangs and queries are fast, ${many(tasks, 'task')} may have a larger one: in pgbouncer.ini of the task definition, which takes a deployment:`,
            ),
            type(`  default_pool_size = ${to}  ; was ${budget.pool}`),
          ]),
    ],
  }),
  ok: ({ instances }) => ({
    text: `ok: no client waits on ${instances === 1 ? 'the one instance' : `any of ${rounded(instances)} instances`}`,
    lines: [],
  }),
  unknown: ({ what, name, pools, unknown }) => ({
    text:
      what === 'instance'
        ? `${name} is unknown, and nothing is raised without its share of the budget.`
        : `${waitingText(pools)}. Why is unknown, so nothing is raised: ${name}: ${told(unknown).text}`,
    lines: [],
  }),
  refused: ({ pools, freeSlots: free = 0 }) => {
    const opened = `${waitingText(pools)}${shortText(pools)}`;
    if (free === 0)
      return {
        text: `PostgreSQL refuses connections: ${opened}. A larger pool would not help.`,
        lines: [
          type('SELECT usename, application_name, state, count(*)'),
          type('FROM pg_stat_activity GROUP BY 1, 2, 3;'),
        ],
      };
    return {
      text: `PgBouncer gets no more connections, although PostgreSQL has ${many(free, 'free slot')}: ${opened}. A larger pool would not help.`,
      lines: [say("PgBouncer's log says why: the login, a CONNECTION LIMIT, max_user_connections.")],
    };
  },
  filling: ({ pools }) => ({
    text: `PgBouncer is opening connections: ${waitingText(pools)}${shortText(pools)}. Look again.`,
    lines: [],
  }),
  paused: ({ pools }) => ({
    text: `Paused: ${waitingText(pools)}. Somebody has stopped this database in PgBouncer.`,
    lines: pools.flatMap(({ instance, database }) => [
      adminOf(instance),
      type(`  RESUME ${identifier(database)};`),
    ]),
  }),
  leaked: ({ pools, hold }) => ({
    text: `Leaked transactions: ${waitingText(pools)}, and ${many(hold.sessions.length, 'connection is', 'connections are')} idle in an open transaction. Not raised: they would take more connections, too.`,
    lines: [...sessionLines(hold.sessions).map(say), ...ending(hold.sessions), ...endingAll(pools)],
  }),
  locked: ({ pools, hold }) => ({
    text: `Locks: ${waitingText(pools)}, and ${many(hold.sessions.length, 'query waits', 'queries wait')} for a lock. Not raised: more connections would wait as well.`,
    lines: [...sessionLines(hold.blockers).map((text) => say(`held by ${text}`)), ...ending(hold.blockers)],
  }),
  slow: ({ pools, hold }) => ({
    text: `Slow queries: ${waitingText(pools)}, and ${many(hold.sessions.length, 'query runs', 'queries run')} for over ${longSeconds} s. Not raised: PostgreSQL would get still more work.`,
    lines: sessionLines(hold.sessions).map(say),
  }),
  'slow-on-average': ({ pools, seconds }) => ({
    text: `Slow queries: ${waitingText(pools)}, and a query takes ${wait(seconds)} on average. Not raised: PostgreSQL would get still more work.`,
    lines: [
      type('SELECT pid, now() - query_start AS age, wait_event_type, left(query, 60)'),
      type("FROM pg_stat_activity WHERE state = 'active' ORDER BY age DESC LIMIT 5;"),
    ],
  }),
  'clients-full': ({ instance, clients, limit, to }) => ({
    text: `Clients are refused: ${instance} has ${rounded(clients)} of max_client_conn ${rounded(limit)}.${to === undefined ? ' Not raised: relieve the pools first, or the configured size is reached.' : ''}`,
    lines:
      to === undefined
        ? []
        : [
            say('First see that its limit of open files allows it (PgBouncer logs it at the start).'),
            adminOf(instance),
            type(`  SET max_client_conn = ${to};  -- was ${limit}`),
            type('  SHOW CONFIG;'),
          ],
  }),
  'database-limit': ({ pools, limit }) => ({
    text: `All ${rounded(limit)} connections that PgBouncer allows this database are taken: ${waitingText(pools)}. A larger pool has no effect below max_db_connections.`,
    lines: [type('SHOW DATABASES;')],
  }),
  'own-size': ({ pools, raises, databases }) => ({
    text: `Pool too small: ${waitingText(pools)}. The database has a pool_size of its own, which SET does not change.${raises.length === 0 ? ' The budget leaves no room to raise it.' : ''}`,
    lines: raises.flatMap(({ instance, database: name, from, to }) => {
      const database = databases.find((one) => one.name === name);
      return database
        ? [
            say(
              `In pgbouncer.ini of ${instance}, under [databases], in the line of ${database.name} (its pool_size was ${from}):`,
            ),
            type(`  pool_size=${to}`),
            adminOf(instance),
            type('  RELOAD;  -- throws away every SET'),
          ]
        : [];
    }),
  }),
  'too-small': ({ pools, raises, budget, freeSlots: free }) => ({
    text: `Pool too small: ${waitingText(pools)}, every connection is taken, and PostgreSQL has ${many(free, 'free slot')} and nothing that hangs.`,
    lines: [...setLines(raises), say(`Budget then: ${budgetText(budget)}`)],
  }),
  'no-room': ({ pools, budget, because }) => ({
    text: `Pool too small: ${waitingText(pools)}. Not raised: ${noRoom[because]}`,
    lines: because === 'unread' ? [] : [say(`Budget: ${budgetText(budget)}`)],
  }),
};

const noRoom = {
  budget: 'PostgreSQL has no connections left to give to every pool.',
  configured: 'the size for emergencies in the configuration is reached.',
  unread: 'an instance is unknown, and its share of the budget with it.',
};

function shortText(pools: readonly Waiting[]): string {
  const [first] = pools.toSorted((a, b) => b.seconds - a.seconds);
  return first ? `; it has ${rounded(first.servers)} of ${many(first.size, 'connection')}` : '';
}

const identifier = (name: string) =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** A finding for people. */
export const poolAdvice = (finding: Finding): Advice => advice(finding);

const advice = <Code extends keyof FindingFacts>(finding: { code: Code } & FindingFacts[Code]): Advice =>
  words[finding.code](finding);

/** The same as it stands in a run's document, which shows nothing else of the pools: why one could not be read, too. */
export function poolFinding(finding: Finding): ServersRead['findings'][number] {
  const { text, lines } = poolAdvice(finding);
  const unread = finding.code === 'unknown' && finding.what === 'instance';
  const why = unread ? [say(`${finding.name}: ${told(finding.unknown).text}`)] : [];
  return { code: finding.code, text, lines: [...why, ...lines] };
}
