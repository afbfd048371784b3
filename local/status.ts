import type { ECSClient } from '@aws-sdk/client-ecs';
import { failWith } from '../cli/fail-with.ts';
import { parseOptions, wholeNumber } from '../cli/options.ts';
import { assess } from '../functions/assess.ts';
import { withCircumstances } from '../sandbox/circumstances/play.ts';
import { readCircumstances } from '../sandbox/circumstances/read.ts';
import { createSandbox, sandboxStart } from '../sandbox/sandbox.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';
import { autoscaling, cloudwatch, ecs } from '../shared/aws/clients.ts';
import { describeService, type ServiceName } from '../shared/aws/ecs.ts';
import { http } from '../shared/aws/platform.ts';
import type { CacheLook } from '../shared/cache/look.ts';
import { regionOf } from '../shared/config/elsewhere.ts';
import { forService, serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { parse } from '../shared/core/schema.ts';
import { Assessment } from '../shared/document/assessment.ts';
import type { Plan } from '../shared/document/plan.ts';
import type { Request } from '../shared/document/request.ts';
import { isFault } from '../shared/format/preflight.ts';
import type { Log } from '../shared/lambda/context.ts';
import { timer } from '../shared/lambda/step.ts';
import { planScaleOut } from '../shared/plan/scale-out.ts';
import type { PoolsLook } from '../shared/pool/look.ts';
import { poolsFound } from '../shared/pool/room.ts';
import { configOf } from './arguments.ts';
import { noAccess, requireCredentials } from './aws-access.ts';
import { type BesideTools, ofPerson } from './beside.ts';
import { cacheStatus, cacheStatusLines } from './status-cache.ts';
import { poolLines, poolsStatus } from './status-pools.ts';
import {
  preflightOfPerson,
  preflightOfSandbox,
  preflightScreen,
  type Simulated,
} from './status-preflight.ts';
import { statusScreen } from './status-screen.ts';

const usage = `npm run status -- [options]: the runbook's Monitoring section in one screen. Reads only.

  --environment NAME   production (default) or another file in config/
  --service NAME       where several are configured
  --scenario NAME      look at a simulated service instead of AWS
  --circumstances FILE.json   what else is true of the simulated service: docs/sandbox.md
  --at SECONDS         how long the scenario has been running (default 480)
  --seed N             for --scenario
  --preflight          what an incident needs, and what of it is missing, as a table; exit code 5 where something is
  --json               assessment and plan, or the table, as one JSON document

Where the configuration names pgbouncer.instances, it reads each of them too, and says what is wrong with the pools;
where it names cache, it does the same with Redis or Valkey. A simulated service has pools and a cache of its own.

Without --scenario and --circumstances it asks AWS, with the credentials and the region of your environment (AWS_PROFILE,
AWS_ENDPOINT_URL and the like work as in every AWS tool). Exit code 0, also when the service is in trouble;
1 without credentials, or where AWS refuses them or does not answer.
`;

const options = {
  environment: { type: 'string', default: 'production' },
  service: { type: 'string' },
  scenario: { type: 'string' },
  at: { type: 'string', default: '480' },
  circumstances: { type: 'string' },
  seed: { type: 'string', default: '1' },
  preflight: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

interface Seen {
  assessment: Assessment;
  plan: Plan;
  beside: Beside;
  /** With the addresses that the sandbox answers, where it was asked. */
  configured: ServiceConfig;
}

/** Runs the command; resolves to its exit code. */
export async function status(argv: readonly string[]): Promise<number> {
  try {
    const values = parseOptions(argv, { options });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const stage = configOf(values.environment);
    const service = values.service ?? Object.keys(stage.services)[0] ?? '';
    serviceConfig(stage, service);
    const config = forService(stage, service);
    const simulated = values.scenario !== undefined || values.circumstances !== undefined;
    if (values.preflight) return await preflight(config, service, values, simulated);
    const own = serviceConfig(config, service);
    const { beside, configured, ...seen } = simulated
      ? await askSandbox(config, service, values)
      : await askAws(config, own, service);
    const text = values.json
      ? `${JSON.stringify({ ...seen, ...beside }, null, 2)}\n`
      : statusScreen(service, seen.assessment, seen.plan, config, besideLines(beside, configured));
    process.stdout.write(text);
    return 0;
  } catch (error) {
    return failWith(error);
  }
}

interface Beside {
  pools?: PoolsLook;
  cache?: CacheLook;
}

/** What is configured beside the service, read at the same time. */
async function besideService(
  service: ServiceConfig,
  config: Config,
  seen: Pick<Assessment, 'service' | 'pgbouncer'>,
  tools: BesideTools = ofPerson(),
): Promise<Beside> {
  const [pools, cache] = await Promise.all([
    poolsStatus(service, config, tools, seen),
    cacheStatus(service, tools),
  ]);
  return { ...(pools ? { pools } : {}), ...(cache ? { cache } : {}) };
}

function besideLines({ pools, cache }: Beside, configured: ServiceConfig): string[] {
  return [
    ...(pools ? poolLines(pools) : []),
    ...(cache && configured.cache ? cacheStatusLines(cache, configured.cache) : []),
  ];
}

/** Shows what of a preflight can be tried from here; resolves to the exit code. */
async function preflight(
  config: Config,
  service: string,
  values: Simulated & { json: boolean },
  simulated: boolean,
): Promise<number> {
  if (!simulated) {
    process.env.AWS_REGION ??= config.region;
    await requireAnswer(ecs(), serviceConfig(config, service));
  } else {
    wholeNumber('--at', values.at, 0, 86_400);
    wholeNumber('--seed', values.seed, 0, 4_294_967_295);
  }
  const rows = simulated
    ? await preflightOfSandbox(config, service, values)
    : await preflightOfPerson(config, service);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ rows }, null, 2)}\n`
      : preflightScreen(rows, simulated, process.stdout.columns),
  );
  return rows.some(isFault) ? 5 : 0;
}

async function askAws(config: Config, own: ServiceConfig, service: string): Promise<Seen> {
  // Of another account a person has credentials of his own.
  process.env.AWS_REGION ??= regionOf(service, config);
  const clients = { ecs: ecs(), autoscaling: autoscaling(), cloudwatch: cloudwatch() };
  await requireAnswer(clients.ecs, serviceConfig(config, service));
  const request = requestFor(config, service, new Date());
  const assessment = await assess.run(
    { document: { request } },
    {
      config,
      now: () => new Date(),
      after: timer,
      log: quiet,
      ...clients,
      http: http(),
    },
  );
  // Where that is, ECS may have to say first.
  const beside = await besideService(own, config, assessment);
  return { assessment, plan: planFor(request, assessment, config, own, beside), beside, configured: own };
}

/**
 * Without an answer every row would be unknown for the same reason. What AWS refuses for want of a right is a row of its own.
 * @throws ServiceNotUsableError in one line
 */
async function requireAnswer(client: ECSClient, name: ServiceName): Promise<void> {
  await requireCredentials(client, '; --scenario NAME needs none');
  await describeService(client, name).catch((error: unknown) => {
    const none = noAccess('ecs:DescribeServices', error);
    if (none) throw none;
  });
}

/** The simulated service, so many seconds into a scenario; nothing acts on it but its own autoscaling. */
async function askSandbox(config: Config, service: string, values: Simulated): Promise<Seen> {
  const at = wholeNumber('--at', values.at, 0, 86_400);
  const seed = wholeNumber('--seed', values.seed, 0, 4_294_967_295);
  const circumstances =
    values.circumstances === undefined ? undefined : readCircumstances(values.circumstances);
  const scenario = values.scenario ?? circumstances?.given.scenario ?? 'traffic-spike';
  const plain = scenarioPlay(scenario, serviceConfig(config, service), seed);
  const play = circumstances
    ? await withCircumstances(plain, circumstances, { config, service, seed })
    : plain;
  const { world, besides } = play;
  const sandbox = createSandbox({
    config,
    service,
    world,
    seed,
    alarmsStartRuns: false,
    ...(besides ? { besides } : {}),
  });
  try {
    const { time, functions, servers } = sandbox;
    await time.runUntil(() => time.now() >= sandboxStart.getTime() + at * 1000, at * 1000);
    const request = requestFor(config, service, new Date(time.now()));
    let assessment: Assessment | undefined;
    const asked = functions.assess?.(
      { document: { request } },
      { functionName: 'assess', awsRequestId: 'status' },
    );
    let over = false;
    let beside: Beside = {};
    const answered = asked
      ?.then(async (answer) => {
        const seen = parse(Assessment, answer);
        assessment = seen;
        beside = await besideService(sandbox.service, config, seen, { ...servers, after: timer });
      })
      .finally(() => {
        over = true;
      });
    // Whoever waits for it hears of its failure, also while time runs.
    await Promise.all([answered, time.runUntil(() => over, 60_000)]);
    if (!assessment) throw new Error('the sandbox gave no assessment');
    const { service: configured } = sandbox;
    return {
      assessment,
      plan: planFor(request, assessment, config, configured, beside),
      beside,
      configured,
    };
  } finally {
    sandbox.close();
  }
}

/** What a run would do now, with what the pools say. */
function planFor(
  request: Request,
  assessment: Assessment,
  config: Config,
  service: ServiceConfig,
  { pools }: Beside,
): Plan {
  return planScaleOut(request, assessment, service, config, {
    pools: pools && service.pgbouncer && poolsFound(pools, service.pgbouncer, config),
  });
}

function requestFor(config: Config, service: string, now: Date): Request {
  return {
    machine: 'emergency-scaling',
    source: 'console',
    environment: config.environment,
    service,
    requestedBy: 'npm run status',
    dryRun: true,
    act: true,
    reasons: [],
    receivedAt: now.toISOString(),
    execution: { arn: 'status', name: 'status', startedAt: now.toISOString() },
  };
}

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

if (import.meta.main) process.exitCode = await status(process.argv.slice(2));
