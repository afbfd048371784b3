import { oneLine } from '../core/plain-text.ts';

/** What the body of a health endpoint says: its own verdict, and the dependencies that it calls down. */
export interface HealthVerdict {
  verdict?: string;
  down: string[];
}

const bad =
  /^(down|unhealthy|fail|failed|failing|failure|error|critical|unreachable|unavailable|disconnected|out_of_service|crashed|red)$/i;
/** Words of a service that answers and is not well. */
const degraded = /^(warn|warning|degraded|partial|yellow|maintenance|shutting_down|not[ _-]\w+)$/i;

/**
 * Members that hold dependencies by name, or as a list: health+json (`checks`, each a list of measurements),
 * MicroProfile Health (`checks`, a list), Spring Boot Actuator (`components`, nested), ASP.NET Core (`entries`,
 * `results`), NestJS Terminus (`details`, `error`), Laravel Health (`checkResults`), and what most others use.
 */
const containers = [
  'checks',
  'dependencies',
  'components',
  'details',
  'entries',
  'results',
  'checkResults',
  'services',
  'error',
];
/** Within a dependency, what holds its own parts. */
const nestedContainers = ['components', 'checks', 'dependencies', 'entries'];
/** Nobody nests deeper; whoever does wants to be read for ever. */
const deepest = 4;

/**
 * Reads a health body: `status`, and the state of each dependency in the shapes of health+json, MicroProfile Health,
 * Spring Boot Actuator, ASP.NET Core and most Node frameworks. Tolerates anything.
 */
export function healthVerdict(body: string): HealthVerdict {
  const parsed = parsedObject(body);
  if (!parsed) return { ...plainWord(body), down: [] };
  const status = Reflect.get(parsed, 'status');
  const down = [...new Set(containers.flatMap((name) => downIn(Reflect.get(parsed, name), deepest)))];
  return {
    ...(typeof status === 'string' ? { verdict: oneLine(status, 40) } : {}),
    down: down.slice(0, 10),
  };
}

/**
 * Whether a body that answers so, or says nothing, may be that of a healthy service. Every framework has its own word
 * for "well", so only the known words of trouble say that it is not.
 */
export const saysOk = ({ verdict = '', down }: HealthVerdict): boolean =>
  down.length === 0 && !bad.test(verdict) && !degraded.test(verdict);

/** The names of those that are down in a container, those of nested parts after the name of the whole. */
function downIn(container: unknown, depth: number): string[] {
  if (typeof container !== 'object' || container === null || depth === 0) return [];
  return Object.entries(container).flatMap(([key, state]) => {
    const name = shortName(key, state, Array.isArray(container));
    const parts = partsOf(state).flatMap((part) => downIn(part, depth - 1));
    if (parts.length > 0) return parts.map((part) => oneLine(`${name}.${part}`, 40));
    return isDown(state) ? [name] : [];
  });
}

const shortName = (...part: Parameters<typeof nameOf>): string => oneLine(nameOf(...part), 40) || 'unnamed';

const partsOf = (state: unknown): unknown[] =>
  typeof state === 'object' && state !== null && !Array.isArray(state)
    ? nestedContainers.map((name) => Reflect.get(state, name))
    : [];

/** The name that an item of a list gives itself. */
function nameOf(key: string, state: unknown, inList: boolean): string {
  if (!inList || typeof state !== 'object' || state === null) return key;
  const own = ['name', 'componentId', 'id'].map((member) => Reflect.get(state, member));
  return own.find((name) => typeof name === 'string') ?? key;
}

function isDown(state: unknown): boolean {
  if (typeof state === 'string') return bad.test(state);
  if (state === false) return true;
  // A list of measurements of one dependency.
  if (Array.isArray(state)) return state.some((one) => typeof one === 'object' && isDown(one));
  if (typeof state !== 'object' || state === null) return false;
  return isDown(Reflect.get(state, 'status')) || Reflect.get(state, 'healthy') === false;
}

/** ASP.NET Core answers with one word by default. */
const plainWord = (body: string): { verdict?: string } => {
  const word = body.trim();
  return bad.test(word) || degraded.test(word) ? { verdict: word } : {};
};

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
