import { describe, expect, it } from '@jest/globals';
import { START, startWorld } from '../fixture.ts';

const moment = (seconds: number): number => START + seconds * 1000;

/** From 600 to 2,400 requests per minute after five minutes. */
const spike = (seconds: number): number => (seconds < 300 ? 10 : 40);

describe('a quiet day on three tasks', () => {
  it('runs at half the CPU with a p99 of about 0.4 s and no errors', () => {
    const { at, latest } = startWorld();
    at(600);
    expect(latest('CPUUtilization', 'Average')).toBeGreaterThan(45);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(57);
    expect(latest('TargetResponseTime', 'p99')).toBeCloseTo(0.37, 1);
    expect(latest('RequestCount', 'Sum')).toBeGreaterThan(540);
    expect(latest('RequestCount', 'Sum')).toBeLessThan(660);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBeUndefined();
  });
});

describe('a spike on too few tasks', () => {
  it('saturates the CPU, builds a backlog and lets p99 climb', () => {
    const { at, latest } = startWorld({ arrivals: (seconds) => (seconds < 300 ? 10 : 21.5) });
    const p99 = [360, 480, 540].map((seconds) => {
      at(seconds);
      return latest('TargetResponseTime', 'p99') ?? 0;
    });
    expect(p99[0]).toBeLessThan(0.6);
    expect(p99[1]).toBeGreaterThan(5);
    expect(p99[2]).toBeGreaterThan(p99[1] ?? 0);
    expect(latest('CPUUtilization', 'Average')).toBe(100);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
  });

  it('refuses what the full queues cannot hold, and the health endpoint times out', () => {
    const { at, latest, service } = startWorld({ arrivals: spike });
    at(600);
    // 2,400 arrive in a minute, three tasks serve 1,200.
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeGreaterThan(1000);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeLessThan(1400);
    expect(service.health('api')).toBe('timeout');
  });

  it('recovers once there are enough tasks, the CPU staying high until the backlog is gone', () => {
    const { at, latest, service } = startWorld({ arrivals: spike });
    at(480);
    service.setDesiredCount(9);
    at(540);
    at(660);
    expect(latest('TargetResponseTime', 'p99')).toBeGreaterThan(5);
    at(900);
    expect(latest('TargetResponseTime', 'p99')).toBeLessThan(1);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(75);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
    expect(service.health('api')).toMatchObject({ status: 200 });
  });

  it('works off a backlog at full CPU after the demand has fallen', () => {
    const { at, service } = startWorld({ arrivals: (seconds) => (seconds < 120 ? 40 : 10) });
    at(300);
    const cpu = (from: number): number | undefined =>
      service.datapoints('CPUUtilization', 'Average', 10, moment(from), moment(from + 10))[0]?.value;
    expect(cpu(130)).toBe(100);
    expect(cpu(150)).toBe(100);
    expect(cpu(240)).toBeLessThan(60);
  });
});

describe('no traffic and no tasks', () => {
  it('has no response time and no request count without traffic', () => {
    const { at, latest } = startWorld({ arrivals: () => 0 });
    at(300);
    expect(latest('TargetResponseTime', 'p99')).toBeUndefined();
    expect(latest('RequestCount', 'Sum')).toBeUndefined();
    expect(latest('CPUUtilization', 'Average')).toBe(2);
    expect(latest('HealthyHostCount', 'Minimum')).toBe(3);
  });

  it('answers 503 from the load balancer without a healthy task', () => {
    const { at, latest, service } = startWorld({ desiredCount: 0 });
    at(300);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeGreaterThan(500);
    expect(latest('RequestCount', 'Sum')).toBeUndefined();
    expect(latest('CPUUtilization', 'Average')).toBeUndefined();
    expect(latest('HealthyHostCount', 'Maximum')).toBe(0);
    expect(service.health('api')).toMatchObject({ status: 503 });
    expect(service.metricsPage()).toBe('');
  });

  it('counts requests per target as a share of the healthy targets', () => {
    const { at, latest } = startWorld();
    at(300);
    const total = latest('RequestCount', 'Sum') ?? 0;
    expect(latest('RequestCountPerTarget', 'Sum')).toBe(Math.round(total / 3));
  });
});

describe('reports', () => {
  it('counts seconds above the limit, tasks nobody needed, and when there were enough', () => {
    const { at, service } = startWorld({ arrivals: spike });
    at(300);
    expect(service.measures(1.5).secondsAboveLatencyThreshold).toBe(0);
    // Two of three tasks are needed for ten requests per second.
    expect(service.measures(1.5).overProvisionedTaskSeconds).toBe(300);
    at(420);
    expect(service.measures(1.5).enoughTasksAt(moment(100))).toBe(moment(100));
    expect(service.measures(1.5).enoughTasksAt(moment(320))).toBeUndefined();
    service.setDesiredCount(9);
    at(600);
    const enough = service.measures(1.5).enoughTasksAt(moment(320)) ?? 0;
    expect(enough).toBeGreaterThan(moment(460));
    expect(enough).toBeLessThan(moment(490));
    const seconds = service.measures(1.5).secondsAboveLatencyThreshold;
    expect(seconds).toBeGreaterThan(150);
    expect(seconds).toBeLessThan(300);
    expect(service.measures(100).secondsAboveLatencyThreshold).toBeLessThan(seconds);
  });
});
