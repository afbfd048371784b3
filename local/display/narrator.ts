import type { ApproverAnswer } from '../../sandbox/approver.ts';
import { approvalLink } from '../../sandbox/approver.ts';
import type { Mail } from '../../sandbox/aws/mailbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { alertOf } from '../../shared/alerts/catalogue.ts';
import { approvalLines } from './approvals.ts';
import { changesOf, whoWrote } from './changes.ts';
import { countTeller } from './counts.ts';
import { executionTeller } from './executions.ts';
import type { Line, LineKind } from './lines.ts';
import { againstThresholds, alertOfService, metricNow } from './metrics.ts';

/** Tells an incident while it happens or afterwards; only what is new since the last look. */
export interface Narrator {
  /** Oldest first. */
  look(): Line[];
}

/** Of what happens in the same millisecond, causes come first. */
const order: Record<LineKind, number> = {
  alarm: 0,
  run: 1,
  state: 1,
  write: 2,
  tasks: 3,
  mail: 4,
  approval: 5,
};

/** Looks at the sandbox only through what it records: nothing that it does changes the run. */
export function createNarrator(sandbox: Sandbox, answer: ApproverAnswer): Narrator {
  const { aws, engine, config, functions } = sandbox;
  const tellers = new Map<string, () => Line[]>();
  const held = new Map<string, string[]>();
  const news = {
    alarms: cursor(sandbox.alarmEvents),
    writes: cursor(aws.writes),
    mails: cursor(aws.mailbox),
  };
  const joined: string[] = [];
  let joinedAt = 0;
  const tellCounts = countTeller(sandbox);

  /** A function's writes wait for the end of their state, which tells them; everybody else's are told here. */
  function writeLines(): Line[] {
    return news.writes().flatMap((write): Line[] => {
      const changes = changesOf(write);
      if (Object.hasOwn(functions, write.who)) {
        held.set(write.who, [
          ...(held.get(write.who) ?? []),
          `${changes.join(', ')} (${operationOf(write.call)})`,
        ]);
        return [];
      }
      const who = whoWrote(write);
      return [
        {
          at: write.at,
          kind: 'write',
          text: `${who}: ${changes.join(', ')} (${operationOf(write.call)})`,
          details: [],
        },
      ];
    });
  }

  function executionLines(): Line[] {
    return engine.executions.flatMap((execution) => {
      const tell = tellers.get(execution.arn) ?? executionTeller(execution, surroundings);
      tellers.set(execution.arn, tell);
      return tell();
    });
  }

  const surroundings = {
    config,
    definitions: engine.definitions,
    takeWrites(name: string, leave: number) {
      const writes = held.get(name) ?? [];
      return writes.splice(0, Math.max(0, writes.length - leave));
    },
    joined(alert: string) {
      joinedAt = sandbox.time.now();
      joined.push(alert);
    },
    isToldAlarm: (id: string | undefined) => sandbox.alarmEvents.some((event) => event.id === id),
  };

  /** Alarms that fire together join together: their line waits until the clock has moved. */
  function joinLines(): Line[] {
    if (sandbox.time.now() === joinedAt) return [];
    const names = joined.splice(0);
    if (names.length === 0) return [];
    const text = `${names.join(', ')} ${names.length === 1 ? 'joins' : 'join'} the run that is under way`;
    return [{ at: joinedAt, kind: 'run', text, details: [] }];
  }

  return {
    look() {
      const alarms = news.alarms().flatMap((event) => alarmLines(event, sandbox));
      const mails = news.mails();
      const lines = [...alarms, ...writeLines(), ...executionLines(), ...joinLines(), ...tellCounts()];
      lines.push(...noticeLines(mails), ...approvalLines(mails, sandbox, answer));
      return lines.sort((a, b) => a.at - b.at || order[a.kind] - order[b.kind]);
    },
  };
}

const operationOf = (call: string): string => call.split(':').at(-1) ?? call;

/** The items that were appended since the last call. */
function cursor<T>(items: readonly T[]): () => T[] {
  let seen = 0;
  return () => {
    const fresh = items.slice(seen);
    seen = items.length;
    return fresh;
  };
}

function alarmLines({ detail }: Sandbox['alarmEvents'][number], sandbox: Sandbox): Line[] {
  const alert = alertOfService(sandbox, detail.alarmName);
  if (!alert) return [];
  const now = metricNow(sandbox, alert);
  const firing = detail.state.value === 'ALARM';
  const reading = now ? `: ${againstThresholds(now, sandbox.config)}` : '';
  const text = `${alert} ${firing ? 'fires' : 'is over'}${reading}`;
  const at = sandbox.aws.alarms.find(detail.alarmName)?.state.at ?? sandbox.time.now();
  const details = firing && !now ? [`Quick Reference: ${alertOf(alert).action}`] : [];
  return [{ at, kind: 'alarm', text, details, tone: firing ? 'bad' : 'good' }];
}

/** Notices, those of one moment together; the links of approval mails are told by themselves. */
function noticeLines(mails: readonly Mail[]): Line[] {
  const notices = Map.groupBy(
    mails.filter(({ text }) => !approvalLink(text)),
    ({ at }) => at,
  );
  return [...notices].map(([at, sent]) => {
    const subjects = sent.map(({ subject }) => subject.replace(/^\[[^\]]*\] \S+: /, ''));
    return {
      at,
      kind: 'mail',
      text: `${sent.length > 1 ? 'notices' : 'notice'}: ${subjects.join('; ')}`,
      details: [],
    };
  });
}
