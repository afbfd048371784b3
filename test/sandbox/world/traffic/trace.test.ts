import { describe, expect, it } from '@jest/globals';
import { arrivalsOf, durationOf, parseTrace } from '../../../../sandbox/world/traffic/trace.ts';

const HEADER = 't_seconds,requests_per_second';
const csv = (...rows: string[]): string => [HEADER, ...rows].join('\n');

describe('reading a trace', () => {
  it('accepts a constant step, carriage returns, a byte order mark and empty lines at the end', () => {
    const text = `\uFEFF${csv('0,1', '60,2.5', '120,0')}`.replaceAll('\n', '\r\n');
    const trace = parseTrace(`${text}\r\n\r\n`);
    expect(trace).toEqual({ firstSeconds: 0, stepSeconds: 60, requestsPerSecond: [1, 2.5, 0] });
    expect(durationOf(trace)).toBe(180);
  });

  it.each([
    ['nothing', '', /row 1: header must be t_seconds,requests_per_second, not ""/],
    ['another header', 'time,rate\n0,1\n60,1', /row 1: header must be .* not "time,rate"/],
    ['no rows', csv(), /0 rows below the header; at least 2/],
    ['one row', csv('0,1'), /1 rows below the header; at least 2/],
    ['a missing column', csv('0,1', '60'), /row 3: must have 2 columns, not "60"/],
    ['a third column', csv('0,1,2', '60,1'), /row 2: must have 2 columns, not "0,1,2"/],
    ['NaN', csv('0,1', '60,NaN'), /row 3: requests_per_second must be a finite number from 0, not "NaN"/],
    ['infinity', csv('0,1', '60,Infinity'), /row 3: requests_per_second .* not "Infinity"/],
    ['an empty cell', csv('0,', '60,1'), /row 2: requests_per_second .* not ""/],
    ['a word', csv('zero,1', '60,1'), /row 2: t_seconds must be a number from 0, not "zero"/],
    ['a negative rate', csv('0,1', '60,-3'), /row 3: requests_per_second .* not "-3"/],
    ['a hole between the lines', csv('0,1', '', '60,1'), /row 3: must have 2 columns, not ""/],
    ['a gap', csv('0,1', '60,1', '180,1'), /row 4: t_seconds must be 120 \(constant step of 60\), not 180/],
    [
      'a time twice',
      csv('0,1', '60,1', '60,1'),
      /row 4: t_seconds must be above 60 of the row before, not 60/,
    ],
    [
      'milliseconds since the epoch',
      csv('1790960400000,10', '1790960460000,10'),
      /row 2: t_seconds: 1790960400000 is not in seconds .* divide the column by 1000/,
    ],
    [
      'a step of an hour and more',
      csv('0,1', '3601,1'),
      /t_seconds: a step of 3601 s is no traffic trace; .* 3600/,
    ],
    ['descending times', csv('60,1', '0,1'), /row 3: t_seconds must be above 60 of the row before, not 0/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseTrace(text)).toThrow(message);
  });
});

describe('arrivals of a trace', () => {
  const trace = parseTrace(csv('0,2', '60,4', '120,8'));

  it.each([
    [0, 2],
    [30, 3],
    [60, 4],
    [105, 7],
    [120, 8],
    [9999, 8],
    [-5, 2],
  ])('at %d s there are %d requests per second', (seconds, rate) => {
    expect(arrivalsOf(trace)(seconds)).toBeCloseTo(rate, 9);
  });

  it('begins with the first row, whatever its time is', () => {
    expect(arrivalsOf(parseTrace(csv('600,2', '660,4')))(0)).toBe(2);
  });

  it('scales to a median, and a mostly silent trace to the median of its traffic', () => {
    expect(arrivalsOf(trace, { scaleToMedian: 10 })(120)).toBeCloseTo(20, 9);
    const silent = parseTrace(csv('0,0', '60,0', '120,5'));
    expect(arrivalsOf(silent, { scaleToMedian: 10 })(120)).toBeCloseTo(10, 9);
    expect(() => arrivalsOf(parseTrace(csv('0,0', '60,0')), { scaleToMedian: 10 })).toThrow('no requests');
  });
});
