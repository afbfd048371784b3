import type { Config } from '../../shared/config/schema.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import type { Output } from '../aws/input.ts';
import type { ShownService } from '../aws/shown.ts';
import type { Play } from '../scenario-play.ts';
import type { RevisionBehaviour } from '../world/model/options.ts';
import type { Trouble } from '../world/model/trouble.ts';
import { alarmSecondsOf } from './alarm-moment.ts';
import { isObject } from './aws-shape.ts';
import type { Besides } from './besides.ts';
import type { Circumstances } from './format.ts';
import type { ReadCircumstances } from './read.ts';
import { troubleAt } from './timed-troubles.ts';

/** A release that is slow and answers one request in twenty with 5xx, as in the scenario `bad-deployment`. */
const badRelease: RevisionBehaviour = { cost: 1.8, errorShare: 0.05 };
/** The revision that runs at the start. */
const presentRevision = 42;
const quietHistory = 1800;

/**
 * The play under these circumstances. Times count from the first alarm that fires without those that have a time; it is
 * found by playing up to it once.
 * @throws InvalidInputError for circumstances that do not fit together
 */
export async function withCircumstances(
  play: Play,
  read: ReadCircumstances,
  where: { config: Config; service: string; seed: number },
): Promise<Play> {
  const lasting = lastingPlay(play, read);
  if (timesOf(read.given).length === 0) return lasting;
  return timedPlay(lasting, read.given, await alarmSecondsOf(lasting, where));
}

/** What holds from the beginning to the end. */
function lastingPlay(play: Play, read: ReadCircumstances): Play {
  const { given, stoppedTasks, serviceEvents, serviceMembers, policies } = read;
  const { trafficFactor: factor = 1, healthBody, ecsLagSeconds: lagSeconds, cpuMetricType } = given;
  const { taskStartSeconds } = given;
  const { arrivals } = play.world;
  const earliest = Math.min(0, ...timesOf(given));
  const shown: ShownService = {
    serviceMembers,
    stoppedTasks,
    serviceEvents,
    ...(given.targetGroupHasNoTraffic && { idleTargetGroup: { instead: alternateGroup(serviceMembers) } }),
    ...(lagSeconds !== undefined && { lagSeconds }),
  };
  const besides: Besides = {
    shown,
    policies,
    ...(cpuMetricType && { cpuMetricType }),
    ...(given.deniedCalls && { deniedCalls: given.deniedCalls }),
    ...(given.sidecars && { sidecars: given.sidecars }),
  };
  return {
    ...play,
    besides,
    world: {
      ...play.world,
      arrivals: (seconds) => factor * arrivals(seconds),
      ...deploymentPercents(given, serviceMembers),
      ...(taskStartSeconds !== undefined && { taskStartSeconds }),
      ...(given.cache && { cache: { ...play.world.cache, ...cacheOf(given.cache) } }),
      ...(healthBody !== undefined && {
        healthBody: typeof healthBody === 'string' ? healthBody : JSON.stringify(healthBody),
      }),
      ...(earliest < 0 && { historySeconds: quietHistory - earliest }),
    },
  };
}

/** What happens at a time. */
function timedPlay(play: Play, given: Circumstances, alarmSeconds: number): Play {
  const { deployments = [], troubles = [], scheduledAction: action, terraformApply } = given;
  const { revisions, troubles: deployed } = deploymentsAt(
    deployments,
    alarmSeconds,
    play.world.revisions ?? {},
  );
  const lasting = troubles.map((trouble) => troubleAt(trouble, alarmSeconds));
  const at = ({ secondsAfterAlarm }: { secondsAfterAlarm: number }) => alarmSeconds + secondsAfterAlarm;
  const ends = [...lasting, ...deployed].map(({ until }) => until);
  const besides: Besides = {
    ...(play.besides ?? { shown: {} }),
    ...(action && {
      scheduledActions: [
        {
          name: action.name,
          atSeconds: at(action),
          ...(action.minCapacity !== undefined && { min: action.minCapacity }),
          ...(action.maxCapacity !== undefined && { max: action.maxCapacity }),
        },
      ],
    }),
    ...(terraformApply && { terraformAtSeconds: [at(terraformApply)] }),
  };
  return {
    ...play,
    besides,
    calmAfterSeconds: Math.max(play.calmAfterSeconds, ...ends),
    world: {
      ...play.world,
      revisions,
      troubles: [...(play.world.troubles ?? []), ...deployed, ...lasting],
    },
  };
}

const timesOf = ({ deployments, troubles, scheduledAction, terraformApply }: Circumstances): number[] =>
  [
    ...(deployments ?? []),
    ...(troubles ?? []),
    ...(scheduledAction ? [scheduledAction] : []),
    ...(terraformApply ? [terraformApply] : []),
  ].map(({ secondsAfterAlarm }) => secondsAfterAlarm);

/** Deployments in the order of the file; one without a revision gets the next free one. */
function deploymentsAt(
  deployments: NonNullable<Circumstances['deployments']>,
  alarmSeconds: number,
  known: Readonly<Record<number, RevisionBehaviour>>,
): { revisions: Record<number, RevisionBehaviour>; troubles: Trouble[] } {
  const revisions: Record<number, RevisionBehaviour> = { ...known };
  const troubles = deployments.map((deployment, index): Trouble => {
    const from = alarmSeconds + deployment.secondsAfterAlarm;
    if (deployment.restart) return { kind: 'restart', from, until: from + 1 };
    const next = Math.max(presentRevision, ...Object.keys(revisions).map(Number)) + 1;
    const { revision = next, bad = false, exitsAfterSeconds } = deployment;
    const faulty = { ...(bad && badRelease), ...(exitsAfterSeconds !== undefined && { exitsAfterSeconds }) };
    if (Object.keys(faulty).length > 0 && revision <= presentRevision) {
      throw new InvalidInputError(
        `deployments.${index}: revision ${revision} runs or has run well; a bad one must be above ${presentRevision}`,
      );
    }
    revisions[revision] ??= faulty;
    return { kind: 'deployment', revision, from, until: from + 1 };
  });
  return { revisions, troubles };
}

const mebibyte = 1_048_576;

const cacheOf = ({ policy, limitMebibytes: limit, managed }: NonNullable<Circumstances['cache']>) => ({
  ...(policy && { policy }),
  ...(limit !== undefined && { limit: limit * mebibyte }),
  ...(managed !== undefined && { managed }),
});

/** What the service shows of its deployment configuration is also how it deploys. */
function deploymentPercents(given: Circumstances, { deploymentConfiguration: shown }: Output) {
  const members = isObject(shown) ? shown : {};
  const minimum = given.minimumHealthyPercent ?? members.minimumHealthyPercent;
  const maximum = given.maximumPercent ?? members.maximumPercent;
  return {
    ...(typeof minimum === 'number' && { minimumHealthyPercent: minimum }),
    ...(typeof maximum === 'number' && { maximumPercent: maximum }),
  };
}

/** `targetgroup/NAME/ID` of the other group of a blue/green service, if it has one. */
function alternateGroup({ loadBalancers }: Output): string | undefined {
  const [first]: unknown[] = Array.isArray(loadBalancers) ? loadBalancers : [];
  const advanced = isObject(first) ? first.advancedConfiguration : undefined;
  const arn = isObject(advanced) ? advanced.alternateTargetGroupArn : undefined;
  return typeof arn === 'string' ? arn.slice(arn.indexOf(':targetgroup/') + 1) : undefined;
}
