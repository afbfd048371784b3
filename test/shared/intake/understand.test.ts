import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { alertNames } from '../../../shared/alerts/catalogue.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { parse } from '../../../shared/core/schema.ts';
import { machines, Request } from '../../../shared/document/request.ts';
import {
  alarmOf,
  type IntakeInput,
  type PresentState,
  understand,
} from '../../../shared/intake/understand.ts';
import { arn, configWith, production, request } from '../../support/builders.ts';
import { root } from '../../support/packaged.ts';

const execution = request().execution;
const fresh = new Date('2026-10-02T17:07:01.000Z');
const event = (file: string): unknown => JSON.parse(readFileSync(`${root}/events/${file}`, 'utf8'));
const asked = (input: unknown, machine: IntakeInput['machine'] = 'emergency-scaling', at = fresh) =>
  lookedUp('ALARM', input, machine, at);
const lookedUp = (
  present: PresentState,
  input: unknown,
  machine: IntakeInput['machine'] = 'emergency-scaling',
  at = fresh,
) => understand({ machine, input, execution }, present, production, at);
const files = readdirSync(`${root}/events`).filter((file) => file.endsWith('.json'));

/** An alarm event with some of it replaced. */
function alarm(detail: Record<string, unknown> = {}, part: Record<string, unknown> = {}): unknown {
  const original = event('alarm-high-latency-p99.json');
  const inner =
    typeof original === 'object' && original !== null && 'detail' in original ? original.detail : {};
  return Object.assign({}, original, { detail: Object.assign({}, inner, detail) }, part);
}

describe('the files in events/', () => {
  it.each([
    ['alarm-api-down.json', 'APIDown'],
    ['alarm-database-pool-exhausted.json', 'DatabasePoolExhausted'],
    ['alarm-high-cpu.json', 'HighCPU'],
    ['alarm-high-error-rate.json', 'HighErrorRate'],
    ['alarm-high-latency-p95.json', 'HighLatencyP95'],
    ['alarm-high-latency-p99.json', 'HighLatencyP99'],
    ['alarm-high-request-rate.json', 'HighRequestRate'],
  ])('%s asks for a run for %s', (file, alert) => {
    expect(asked(event(file))).toMatchObject({
      source: 'alarm',
      environment: 'production',
      service: 'buywhere-api',
      alert,
      act: true,
      dryRun: false,
      requestedBy: `CloudWatch alarm buywhere-api-${alert}`,
    });
    expect(alarmOf(event(file))).toBe(`buywhere-api-${alert}`);
  });

  it('have an alarm for each alert of the runbook', () => {
    const found = files.filter((file) => file.startsWith('alarm-')).map((file) => asked(event(file)).alert);
    expect([...new Set(found)].sort()).toEqual([...alertNames].sort());
  });

  it('alarm-ok.json asks for nothing', () => {
    const understood = asked(event('alarm-ok.json'));

    expect(understood).toMatchObject({
      act: false,
      reasons: [{ code: 'alarm-not-firing', alarm: 'buywhere-api-HighLatencyP99', state: 'OK' }],
    });
    expect(alarmOf(event('alarm-ok.json'))).toBeUndefined();
  });

  // A preflight is no run: it understands its input itself, and test/scenarios plays its files.
  const consoles = files.filter((file) => !/^(alarm|preflight)\b/.test(file));
  it.each(consoles)('%s is understood by the state machine that it is named after', (file) => {
    const machine = machines.find((name) => file.startsWith(name));
    if (!machine) throw new Error(`${file} is named after no state machine`);

    expect(asked(event(file), machine)).toMatchObject({
      machine,
      source: 'console',
      requestedBy: 'Ada Lovelace',
      act: true,
    });
  });

  it('say what a rollback goes back to', () => {
    const to = (file: string) => asked(event(file), 'rollback').rollbackTo;
    expect(to('rollback-redeploy.json')).toBe('redeploy');
    expect(asked(event('rollback-desired-count.json'), 'rollback')).toMatchObject({
      rollbackTo: 'desired-count',
      desiredCount: 5,
    });
    expect(asked({ environment: 'production' }, 'rollback').rollbackTo).toBe('automatic');
  });
});

describe('an alarm event', () => {
  const hoursLater = new Date(fresh.getTime() + 3 * 3_600_000);
  const sent = Date.parse('2026-10-02T17:06:59Z');
  const aged = (seconds: number) => new Date(sent + seconds * 1000);
  const bySeconds = { time: '2026-10-02T17:06:59Z' };
  const oldest = production.timing.eventMaxAgeSeconds;

  it.each<[string, PresentState, object]>([
    ['gone', 'missing', { code: 'alarm-gone' }],
    ['ok by now', 'OK', { code: 'alarm-ok-by-now' }],
    ['of an unknown state, and late', undefined, { code: 'alarm-too-old', ageSeconds: oldest + 1 }],
  ])('says of which alarm it is, and why it does nothing: it is %s', (_, present, reason) => {
    const ignored = lookedUp(present, alarm({}, bySeconds), 'emergency-scaling', aged(oldest + 1));
    expect(ignored.reasons).toMatchObject([{ ...reason, alarm: 'buywhere-api-HighLatencyP99' }]);
  });

  it('is late only after its time is over, where its alarm cannot be looked up', () => {
    const acts = (seconds: number) =>
      lookedUp(undefined, alarm({}, bySeconds), 'emergency-scaling', aged(seconds)).act;
    expect([acts(oldest), acts(oldest + 1)]).toEqual([true, false]);
  });

  it('says why its alarm fires, in 300 characters, where CloudWatch says so', () => {
    const reason = (said?: string) => asked(alarm({ state: { value: 'ALARM', reason: said } })).reasons;
    const fires = { code: 'alarm-fires', alarm: 'buywhere-api-HighLatencyP99' };
    expect(reason('x'.repeat(400))).toMatchObject([{ ...fires, said: 'x'.repeat(300) }]);
    expect(reason()).toMatchObject([fires]);
    expect(reason()[0]?.said).toBeUndefined();
  });

  it.each<[string, PresentState, Date, boolean]>([
    ['still fires', 'ALARM', fresh, true],
    ['is hours late, but its alarm still fires', 'ALARM', hoursLater, true],
    ['is OK by now', 'OK', fresh, false],
    ['does not exist any more', 'missing', fresh, false],
    ['could not be looked up, but is fresh', undefined, fresh, true],
    ['could not be looked up and is hours late', undefined, hoursLater, false],
    ['has too little data now, but is fresh', 'INSUFFICIENT_DATA', fresh, true],
    ['has too little data now and is hours late', 'INSUFFICIENT_DATA', hoursLater, false],
  ])('that %s acts: %3$s', (_, present, at, act) => {
    expect(lookedUp(present, alarm(), 'emergency-scaling', at).act).toBe(act);
  });

  it('is ignored while a composite alarm suppresses it', () => {
    const suppressed = alarm({ state: { value: 'ALARM', actionsSuppressedBy: 'Maintenance' } });
    expect(asked(suppressed)).toMatchObject({
      act: false,
      reasons: [{ code: 'alarm-suppressed', alarm: 'buywhere-api-HighLatencyP99', by: 'Maintenance' }],
    });
  });

  it('with a time that is no time acts only if its alarm is known to fire', () => {
    const broken = alarm({}, { time: 'yesterday' });
    expect([asked(broken).act, lookedUp(undefined, broken).act]).toEqual([true, false]);
    const said = lookedUp(undefined, alarm({}, { time: '2026-10-02T17:07:00+25:00' }));
    expect(said.reasons).toMatchObject([{ code: 'alarm-of-no-time', alarm: 'buywhere-api-HighLatencyP99' }]);
    expect(parse(Request, JSON.parse(JSON.stringify(said)))).toEqual(said);
  });

  it.each<[string, unknown, IntakeInput['machine'], string[]]>([
    [
      'of another service',
      alarm({ alarmName: 'checkout-HighLatencyP99' }),
      'emergency-scaling',
      ['detail.alarmName', 'checkout-HighLatencyP99', '(buywhere-api)', 'APIDown, HighCPU'],
    ],
    [
      'of another alert',
      alarm({ alarmName: 'buywhere-api-DiskFull' }),
      'emergency-scaling',
      ['detail.alarmName', 'DiskFull'],
    ],
    [
      'of another kind',
      alarm({}, { 'detail-type': 'EC2 Instance State-change Notification' }),
      'emergency-scaling',
      ['detail-type', 'CloudWatch Alarm State Change'],
    ],
    ['without a state', alarm({ state: undefined }), 'emergency-scaling', ['detail.state']],
    [
      'with an unknown state',
      alarm({ state: { value: 'BROKEN' } }),
      'emergency-scaling',
      ['detail.state.value', 'OK, ALARM, INSUFFICIENT_DATA'],
    ],
    ['for scale-in', alarm(), 'scale-in', ['input', 'scale-in takes a console input']],
  ])('%s is refused, naming the field and what is allowed', (_, input, machine, named) => {
    const attempt = () => asked(input, machine);

    expect(attempt).toThrow(InvalidInputError);
    for (const text of named) expect(attempt).toThrow(text);
  });
});

describe('a console input', () => {
  const input = (part: Record<string, unknown>) => ({ environment: 'production', ...part });

  it('needs only the environment where one service is configured', () => {
    expect(asked({ environment: 'production' })).toMatchObject({
      service: 'buywhere-api',
      requestedBy: 'a person at the console',
      dryRun: false,
      reasons: [{ code: 'asked-by', by: 'a person at the console' }],
    });
  });

  it('must name the service where several are configured', () => {
    const two = configWith(({ services }, service) => Object.assign(services, { other: service }));
    const attempt = () =>
      understand(
        { machine: 'scale-in', input: { environment: 'production' }, execution },
        undefined,
        two,
        fresh,
      );
    expect(attempt).toThrow('service: must be named; allowed: buywhere-api, other');
  });

  it('may name an alert, and since when somebody waits', () => {
    const given = { alert: 'HighCPU', waitingSince: '2026-10-02T17:00:00.000Z' };
    expect(asked(input(given))).toMatchObject(given);
    const without = asked(input({}));
    for (const field of ['alert', 'waitingSince', 'rollbackTo', 'desiredCount', 'startedBy', 'parameters'])
      expect(without).not.toHaveProperty(field);
  });

  it('with a source that is not Alertmanager is one of the console', () => {
    expect(() => asked(input({ source: 'me' }))).toThrow('input: unknown key "source"');
  });

  it('of a workflow says who started it and why', () => {
    const startedBy = arn('emergency-scaling', 'run-0');
    expect(asked(input({ startedBy, because: ['tasks cannot start'] }), 'rollback')).toMatchObject({
      source: 'workflow',
      startedBy,
      reasons: [{ code: 'said', said: 'tasks cannot start' }],
    });
  });

  it('hands on why a workflow started it, with its codes and numbers', () => {
    const because = [
      { code: 'metric-critical', metric: 'cpuPercent', value: 92, text: 'CPU 92 % is critical' },
    ];
    expect(asked(input({ startedBy: arn('scale-in', 'run-0'), because, scaleOut: true }))).toMatchObject({
      scaleOut: true,
      reasons: because,
    });
  });

  it('asks for more tasks without an alert', () => {
    const request = asked(input({ scaleOut: true }));
    expect(request).toMatchObject({ act: true, scaleOut: true, admissionDelaySeconds: 1 });
    expect(request).not.toHaveProperty('alert');
    expect(asked(input({ scaleOut: false }))).not.toHaveProperty('scaleOut');
  });

  it.each<[unknown, IntakeInput['machine'], string]>([
    [input({ scaleOut: true }), 'scale-in', 'scaleOut: only emergency-scaling takes this field'],
    [input({ scaleOut: 1 }), 'emergency-scaling', 'scaleOut: '],
    ['production', 'scale-in', 'input: must be a JSON object'],
    [null, 'scale-in', 'input: must be a JSON object'],
    [[], 'scale-in', 'input: must be a JSON object'],
    [{}, 'scale-in', 'environment: '],
    [{ environment: 'prod' }, 'scale-in', 'environment: "prod" is not handled here; allowed: production'],
    [
      input({ service: 'checkout' }),
      'scale-in',
      'service: "checkout" is not configured in production; allowed: buywhere-api',
    ],
    [input({ alert: 'DiskFull' }), 'emergency-scaling', `alert: must be one of ${alertNames.join(', ')}`],
    [input({ environmet: 'production' }), 'scale-in', 'input: unknown key "environmet"'],
    [input({ dryRun: 'yes' }), 'scale-in', 'dryRun: '],
    [input({ requestedBy: '' }), 'scale-in', 'requestedBy: '],
    [input({ to: 'desired-count', desiredCount: -3 }), 'rollback', 'desiredCount: must be 1 or more'],
    [input({ to: 'desired-count', desiredCount: 2.5 }), 'rollback', 'desiredCount: must be a whole number'],
    [input({ to: 'desired-count', desiredCount: '5' }), 'rollback', 'desiredCount: '],
    [
      input({ to: 'desired-count' }),
      'rollback',
      'desiredCount: must be given together with "to": "desired-count"',
    ],
    [
      input({ desiredCount: 5 }),
      'rollback',
      'desiredCount: must be given together with "to": "desired-count"',
    ],
    [
      input({ to: 'yesterday' }),
      'rollback',
      'to: must be one of automatic, previous-task-definition, redeploy, desired-count',
    ],
    [input({ to: 'redeploy' }), 'scale-in', 'to: only rollback takes this field'],
    [input({ desiredCount: 5 }), 'emergency-scaling', 'desiredCount: only rollback takes this field'],
    [input({ cpuTarget: 60 }), 'scale-in', 'cpuTarget: only configure-autoscaling takes this'],
    [
      input({ cpuTarget: 60, minCapacity: 2 }),
      'rollback',
      'minCapacity, cpuTarget: only configure-autoscaling takes this',
    ],
    [input({ flush: true }), 'emergency-scaling', 'flush: only redis-emergency takes this field'],
    [input({ restore: true }), 'scale-in', 'restore: only redis-emergency takes this field'],
    [input({ flush: true }), 'redis-emergency', 'flush: only a person may name it; give requestedBy, too'],
    [
      input({ flush: true, requestedBy: 'Ada', startedBy: execution.arn }),
      'redis-emergency',
      'flush: only a person may name it; leave out startedBy',
    ],
    [
      input({ flush: true, restore: true, requestedBy: 'Ada' }),
      'redis-emergency',
      'restore: not together with flush',
    ],
    [input({ minCapacity: 0 }), 'configure-autoscaling', 'minCapacity: must be 1 or more'],
    [input({ minCapacity: 2.5 }), 'configure-autoscaling', 'minCapacity: must be a whole number'],
    [
      input({ minCapacity: 12 }),
      'configure-autoscaling',
      'minCapacity: must be at most maxCapacity, which is 10',
    ],
    [input({ maxCapacity: 21 }), 'configure-autoscaling', 'maxCapacity: must be at most 20'],
    [input({ cpuTarget: 101 }), 'configure-autoscaling', 'cpuTarget: must be 1 to 100'],
    [
      input({ latencyTargetMilliseconds: 0 }),
      'configure-autoscaling',
      'latencyTargetMilliseconds: must be above 0',
    ],
    [input({ requestRateTarget: -1 }), 'configure-autoscaling', 'requestRateTarget: must be above 0'],
  ])('%j for %s is refused: %s', (given, machine, message) => {
    const attempt = () => asked(given, machine);

    expect(attempt).toThrow(InvalidInputError);
    expect(attempt).toThrow(message);
  });

  it('carries what a person asks of the cache, and takes no alarm for it', () => {
    const flush = asked(input({ flush: true, requestedBy: 'Ada' }), 'redis-emergency');
    expect(flush).toMatchObject({ source: 'console', flush: true, requestedBy: 'Ada' });
    expect(asked(input({ restore: true }), 'redis-emergency')).toMatchObject({ restore: true });
    expect(asked(input({ flush: false }), 'redis-emergency')).not.toHaveProperty('flush');
    const alarm = { 'detail-type': 'CloudWatch Alarm State Change', source: 'aws.cloudwatch' };
    expect(() => asked(alarm, 'redis-emergency')).toThrow(
      'redis-emergency takes a console input, not an alarm event',
    );
  });

  it('carries the parameters of configure-autoscaling', () => {
    expect(asked(input({ maxCapacity: 15, cpuTarget: 60 }), 'configure-autoscaling')).toMatchObject({
      parameters: { maxCapacity: 15, cpuTarget: 60 },
    });
    expect(asked(input({}), 'configure-autoscaling')).not.toHaveProperty('parameters');
  });

  it.each([
    [{ maxCapacity: 20, minCapacity: 20 }],
    [{ minCapacity: 10 }],
    [{ latencyTargetMilliseconds: 80, requestRateTarget: 200 }],
  ])('takes %j: exactly what the bounds and the configured policies allow', (parameters) => {
    expect(asked(input(parameters), 'configure-autoscaling')).toMatchObject({ parameters });
  });

  it('names a parameter whose policy the configuration leaves out', () => {
    const without = configWith((_, service) => {
      delete service.latencyPolicy;
      delete service.requestPolicy;
    });
    const attempt = (parameters: Record<string, unknown>) => () =>
      understand(
        { machine: 'configure-autoscaling', input: input(parameters), execution },
        undefined,
        without,
        fresh,
      );
    expect(attempt({ cpuTarget: 60 })).not.toThrow();
    expect(attempt({ latencyTargetMilliseconds: 80, requestRateTarget: 200 })).toThrow(
      'latencyTargetMilliseconds: buywhere-api has no latencyPolicy in the configuration; requestRateTarget: buywhere-api has no requestPolicy',
    );
  });

  it('names every fault at once', () => {
    expect(() => asked(input({ dryRun: 1, alert: 'x' }))).toThrow(/alert: .*; dryRun: /);
  });
});
