import type { HttpAnswer } from '../../shared/lambda/context.ts';
import type { ChaosFault, Source, SourceTrouble } from '../generate/incident.ts';

type SourceFault = Extract<ChaosFault, { kind: 'source' }>;

/** Disturbs GET requests to the sources of metrics and health. */
export interface SourceFaults {
  /** @throws Error as fetch does, where the source does not answer. */
  ask(url: string, own: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

const sourceOf = (url: string): Source =>
  url.includes('/api/v1/') ? 'prometheus' : url.endsWith('/metrics') ? 'metrics page' : 'health';

/** `onFault` is told which source was disturbed, and how. */
export function createSourceFaults(
  faults: readonly ChaosFault[],
  onFault: (fault: string) => void,
): SourceFaults {
  const disturbing = faults.filter((fault): fault is SourceFault => fault.kind === 'source');
  const counts = new Map<Source, number>();
  const first = new Map<string, HttpAnswer>();
  return {
    async ask(url, own) {
      const source = sourceOf(url);
      const count = (counts.get(source) ?? 0) + 1;
      counts.set(source, count);
      const fault = disturbing.find(
        (one) => one.source === source && count >= one.first && count < one.first + one.times,
      );
      if (fault) onFault(`${source} ${fault.what}`);
      if (fault?.what === 'down')
        throw Object.assign(new Error(`${source} is down`), { name: 'TimeoutError' });
      const answer = await own();
      const question = url.replace(/time=[^&]*/, '');
      if (!first.has(question)) first.set(question, answer);
      return fault ? disturbed(answer, fault.what, first.get(question) ?? answer) : answer;
    },
  };
}

function disturbed(answer: HttpAnswer, how: SourceTrouble, first: HttpAnswer): HttpAnswer {
  switch (how) {
    case 'frozen':
      return first;
    case 'error':
      return { ...answer, status: 500, body: 'internal error' };
    case 'garbage':
      return { ...answer, body: '<html>{"status": nonsense' };
    case 'nan':
      // In the Prometheus API a value is a quoted text, on a metrics page it ends the line.
      return {
        ...answer,
        body: answer.body.replace(/"[\d.e+-]+"\]/g, '"NaN"]').replace(/ [\d.e+-]+$/gm, ' NaN'),
      };
    case 'down':
      return answer;
  }
}
