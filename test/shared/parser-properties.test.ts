import { readFileSync } from 'node:fs';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { actionOf, HttpRequest } from '../../shared/approval/http-request.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';
import { parse, tryParse } from '../../shared/core/schema.ts';
import { machines, Request } from '../../shared/document/request.ts';
import {
  AlertmanagerInput,
  AlertmanagerMessage,
  decideAlert,
} from '../../shared/intake/alertmanager-message.ts';
import { alarmOf, understand } from '../../shared/intake/understand.ts';
import type { HttpAnswer } from '../../shared/lambda/context.ts';
import { queryIds, readMetrics } from '../../shared/metrics/cloudwatch.ts';
import { readPrometheus } from '../../shared/metrics/prometheus.ts';
import { parsePrometheusText } from '../../shared/metrics/prometheus-text.ts';
import { readScrape } from '../../shared/metrics/scrape.ts';
import { known, type Series } from '../../shared/metrics/series.ts';
import { now, production, request, secondsLater, service } from '../support/builders.ts';
import { character } from '../support/character.ts';
import { damaged, damagedText } from '../support/damage.ts';

const file = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../events/${name}`, import.meta.url), 'utf8'));
const present = new Date(now);
const judging = { now: present, maxAgeSeconds: 300 };

/** The value, or the error that says what is wrong with the input; any other error fails the test. */
function understood<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.message;
  }
}

describe('whatever starts an execution', () => {
  const inputs = fc.oneof(
    fc.jsonValue(),
    damaged(file('alarm-high-cpu.json')),
    damaged(file('alertmanager/emergency-scaling.json')),
    damaged(file('emergency-scaling-console.json')),
    damaged(file('rollback-desired-count.json')),
    damaged(file('configure-autoscaling-custom.json')),
  );
  const states = fc.constantFrom('OK', 'ALARM', 'INSUFFICIENT_DATA', 'missing', undefined);

  it('becomes a request that the next step can read, or is refused with the field at fault', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...machines), states, (input, machine, state) => {
        alarmOf(input);
        const intake = { machine, input, execution: request().execution };
        const result = understood(() => understand(intake, state, production, present));
        if (typeof result === 'string') expect(result).toMatch(/^[^:]+: \S/);
        else expect(parse(Request, JSON.parse(JSON.stringify(result)))).toEqual(result);
      }),
    );
  });
});

describe('whatever Alertmanager posts', () => {
  const messages = fc.oneof(fc.jsonValue(), damaged(file('alertmanager/firing.json')));

  it('starts runs that are understood, under names that Step Functions takes, or is left out with a reason', () => {
    fc.assert(
      fc.property(messages, (body) => {
        for (const [index, alert] of (tryParse(AlertmanagerMessage, body)?.alerts ?? []).entries()) {
          const decision = decideAlert(alert, index, production);
          if (decision.act !== 'start') {
            expect(decision.act === 'skip' ? decision.reason : decision.fault).not.toBe('');
            continue;
          }
          expect(decision.name).toMatch(/^[\w-]{1,80}$/);
          expect(parse(AlertmanagerInput, decision.input)).toEqual(decision.input);
          const { execution } = request();
          const intake = { machine: 'emergency-scaling' as const, input: decision.input, execution };
          expect(understand(intake, undefined, production, present)).toMatchObject({
            act: true,
            alert: decision.input.alert,
          });
        }
      }),
    );
  });
});

describe('whatever the approval page is sent', () => {
  const httpRequest = {
    requestContext: { requestId: 'r', http: { method: 'POST', sourceIp: '192.0.2.1' } },
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      host: 'approve.example',
      origin: 'https://approve.example',
      'sec-fetch-site': 'same-origin',
    },
    pathParameters: { handle: 'h' },
    body: 'decision=approved&reason=calm',
    isBase64Encoded: false,
  };

  it('is shown, decided or refused with a reason', () => {
    fc.assert(
      fc.property(damaged(httpRequest), (sent) => {
        const read = tryParse(HttpRequest, sent);
        if (!read) return;
        const wish = actionOf(read);
        if (wish.kind === 'nothing') expect(wish.why).not.toBe('');
        else expect(wish.kind === 'decide').toBe(read.requestContext.http.method === 'POST');
      }),
    );
  });
});

/** Points that a decision may rest upon, or why there are none (invariant 3). */
function expectUsable(series: Series): void {
  expect(series.source).not.toBe('');
  if ('unknown' in series) {
    expect(series.unknown).not.toBe('');
    return;
  }
  expect(series.points.length).toBeGreaterThan(0);
  for (const { at, value } of series.points) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(at.getTime()).not.toBeNaN();
  }
  const age = present.getTime() - (series.points.at(-1)?.at.getTime() ?? 0);
  expect(Math.abs(age)).toBeLessThanOrEqual(judging.maxAgeSeconds * 1000 + 500);
}

const time = fc.oneof(
  fc.integer({ min: -900, max: 900 }).map((seconds) => new Date(secondsLater(seconds))),
  fc.date({ noInvalidDate: false }),
);
const measured = fc.oneof(fc.double(), fc.double({ min: 0, max: 100, noNaN: true }));

describe('whatever a metric source sends', () => {
  const cloudwatch = mockClient(CloudWatchClient);
  const answering = (answer: Partial<HttpAnswer>) => ({
    get: async () => ({ status: 200, latencyMilliseconds: 1, body: '', ...answer }),
    post: () => Promise.reject(new Error('never')),
  });
  const status = fc.constantFrom(200, 200, 200, 301, 404, 500, 503);

  it('is a series of usable points or unknown', () => {
    const points = fc.array(fc.record({ at: time, value: measured }), { maxLength: 8 });
    fc.assert(
      fc.property(points, fc.boolean(), (some, zeroIsImplausible) => {
        expectUsable(known(some, 'any', { ...judging, zeroIsImplausible }));
      }),
    );
  });

  it('from /metrics: samples, or the number of the line that is none', () => {
    const page =
      '# HELP x y\ndb_connection_pool_checked_out{task="a"} 7 1790960990000\ndb_connection_pool_size 10\n';
    // A faulty line of another metric spoils nothing.
    const gauges = ['db_connection_pool_checked_out', 'db_connection_pool_size'];
    const pages = fc.oneof(
      damagedText(page),
      damagedText(page).chain(damagedText),
      fc.string({ unit: character }),
      fc
        .tuple(fc.double(), fc.bigInt(), fc.double())
        .map(([used, at, size]) => page.replace('7 1790960990000', `${used} ${at}`).replace('10', `${size}`)),
    );
    return fc.assert(
      fc.asyncProperty(pages, status, async (body, code) => {
        let message = '';
        try {
          for (const { name } of parsePrometheusText(body, gauges)) expect(name).not.toBe('');
        } catch (error) {
          message = error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
          expect(message).toMatch(/^PrometheusTextError: line [1-9]\d*: /);
        }
        const series = await readScrape(service, answering({ body, status: code }), judging);
        for (const one of Object.values(series)) expectUsable(one);
        if (message && code === 200) expect(series.dbPoolPercent).toHaveProperty('unknown');
      }),
    );
  });

  it('from Prometheus', () => {
    const values = fc.array(fc.tuple(fc.oneof(fc.double(), fc.constant(1790960940)), measured.map(String)));
    const matrix = {
      status: 'success',
      data: { resultType: 'matrix', result: [{ values: [[1790960940, '1']] }] },
    };
    const bodies = fc.oneof(
      fc.string(),
      damaged(matrix).map((body) => JSON.stringify(body) ?? ''),
      values.map((some) =>
        JSON.stringify({ ...matrix, data: { ...matrix.data, result: [{ values: some }] } }),
      ),
    );
    return fc.assert(
      fc.asyncProperty(bodies, status, async (body, code) => {
        const name = 'requestRatePerMinute';
        expectUsable(await readPrometheus(name, service, answering({ body, status: code }), judging));
      }),
    );
  });

  it('from CloudWatch', () => {
    const results = fc.array(
      fc.record(
        {
          Id: fc.constantFrom(...Object.values(queryIds), 'other', ''),
          Timestamps: fc.array(time, { maxLength: 5 }),
          Values: fc.array(measured, { maxLength: 5 }),
          StatusCode: fc.constantFrom('Complete', 'PartialData', 'InternalError', 'Forbidden'),
        },
        { requiredKeys: [] },
      ),
    );
    return fc.assert(
      fc.asyncProperty(results, async (MetricDataResults) => {
        cloudwatch.reset();
        cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });
        const read = await readMetrics(new CloudWatchClient({}), service, production, present);
        for (const series of Object.values(read)) expectUsable(series);
      }),
    );
  });
});
