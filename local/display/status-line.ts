import type { Sandbox } from '../../sandbox/sandbox.ts';
import { openApproval } from './approvals.ts';
import { clockTime, type Layout, styled } from './lines.ts';

/** The line at the bottom of a terminal that says what is being waited for. */
export interface StatusLine {
  /** Draws it anew, a few times per second at most. */
  update(): void;
  /** Takes it away, before something else is printed. */
  clear(): void;
}

const refreshMilliseconds = 250;
const eraseLine = '\r\u001b[2K';

/** Nothing at all off a terminal. */
export function statusLine(sandbox: Sandbox, speed: number, { stream, width }: Layout): StatusLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  if (!stream.isTTY) return { update: () => undefined, clear: () => undefined };
  return {
    update() {
      if (performance.now() < drawnAt + refreshMilliseconds) return;
      drawnAt = performance.now();
      drawn = true;
      stream.write(eraseLine + styled('dim', statusText(sandbox, speed).slice(0, width - 1), stream));
    },
    clear() {
      if (drawn) stream.write(eraseLine);
      drawn = false;
      drawnAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function statusText(sandbox: Sandbox, speed: number): string {
  const { aws, engine, service, time } = sandbox;
  const { desired, running } = aws.settings(service.cluster, service.service);
  const open = openApproval(sandbox);
  const current = open?.execution ?? engine.executions.findLast(({ status }) => status === 'RUNNING');
  const state = current?.history.findLast((event) => event.stateEnteredEventDetails)?.stateEnteredEventDetails
    ?.name;
  const pace = open ? Math.min(1, speed) : speed;
  return `${clockTime(time.now())} ${pace}×  ${running}/${desired} tasks  ${current ? `${current.machine}: ${state ?? ''}` : 'no run is under way'}`;
}
