/** What the body of a health endpoint says: its own verdict, and the dependencies that it calls down. */
export interface HealthVerdict {
  verdict?: string;
  down: string[];
}

const bad = /^(down|unhealthy|fail|failed|failing|error|critical|unreachable|disconnected)$/i;
const containers = ['checks', 'dependencies', 'components', 'details'];

/**
 * Reads a health body: `status`, and the state of each dependency under `checks`, `dependencies`, `components` or
 * `details` (the shapes of the draft health+json format, of Spring and of most Node frameworks). Tolerates anything.
 */
export function healthVerdict(body: string): HealthVerdict {
  const parsed = parsedObject(body);
  if (!parsed) return { down: [] };
  const status = Reflect.get(parsed, 'status');
  const down = containers.flatMap((name) => {
    const checks = Reflect.get(parsed, name);
    if (typeof checks !== 'object' || checks === null) return [];
    return Object.entries(checks).flatMap(([dependency, state]) =>
      isDown(state) ? [dependency.slice(0, 40)] : [],
    );
  });
  return { ...(typeof status === 'string' ? { verdict: status.slice(0, 40) } : {}), down: down.slice(0, 10) };
}

/** Whether a body that answers so, or says nothing, is that of a healthy service. */
export const saysOk = ({ verdict, down }: HealthVerdict): boolean =>
  down.length === 0 && (verdict === undefined || /^(ok|healthy|pass|up)$/i.test(verdict));

function isDown(state: unknown): boolean {
  if (typeof state === 'string') return bad.test(state);
  if (state === false) return true;
  return typeof state === 'object' && state !== null && 'status' in state && isDown(state.status);
}

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
