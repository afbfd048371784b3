import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePrometheusText } from '../../../shared/metrics/prometheus-text.ts';

describe('the Prometheus text format', () => {
  it('skips comments, HELP, TYPE and empty lines', () => {
    expect(parsePrometheusText('# HELP a b\n# TYPE a gauge\n\n  # note\na 1\n')).toEqual([
      { name: 'a', labels: {}, value: 1 },
    ]);
  });

  it.each([
    ['a 12', 12],
    ['a -1.5e-3', -0.0015],
    ['a +Inf', Number.POSITIVE_INFINITY],
    ['a -Inf', Number.NEGATIVE_INFINITY],
    ['a NaN', Number.NaN],
    ['a\t 0.5 ', 0.5],
    ['a .5', 0.5],
  ])('%j is a number', (line, value) => {
    expect(parsePrometheusText(line)[0]?.value).toBe(value);
  });

  it('reads labels with escapes, commas, braces and spaces in them, and a trailing comma', () => {
    const line = 'x{path="C:\\\\a\\nb", q="say \\"{hi}, you\\"",} 3 1395066363000';
    expect(parsePrometheusText(line)).toEqual([
      { name: 'x', labels: { path: 'C:\\a\nb', q: 'say "{hi}, you"' }, value: 3, timestamp: 1395066363000 },
    ]);
  });

  it('takes empty braces, colons in names and Windows line ends', () => {
    expect(parsePrometheusText('job:x:rate5m{} 1\r\n')).toEqual([
      { name: 'job:x:rate5m', labels: {}, value: 1 },
    ]);
  });

  it.each([
    'a',
    'a one',
    'a{b=1} 2',
    'a{b="1} 2',
    'a{b="1" c="2"} 3',
    '9a 1',
    'a 1 soon',
    'a 1 2 3',
    '<html>',
  ])('refuses %j with the number of its line', (line) => {
    expect(() => parsePrometheusText(`ok 1\n${line}\n`)).toThrow(/^line 2: /);
  });

  it.each([
    ['a one', 'no number: a one'],
    ['a 1 x9', 'no timestamp: a 1 x9'],
    ['a 1 9x', 'no timestamp: a 1 9x'],
    ['a{b=1} 2', 'faulty label: a{b=1} 2'],
    ['a{b="1" c="2"} 3', 'no comma between labels: a{b="1" c="2"} 3'],
    [`a ${'x'.repeat(200)}`, `no number: a ${'x'.repeat(78)}`],
  ])('says what is wrong with %j', (line, message) => {
    expect(() => parsePrometheusText(line)).toThrow(`line 1: ${message}`);
    expect(() => parsePrometheusText(line)).toThrow(/^.{0,110}$/);
  });

  it.each([
    ['a {b="1"} 2', { b: '1' }],
    ['a{ b="1"} 2', { b: '1' }],
    ['a{"b.c"="1",d="2"} 2', { '"b.c"': '1', d: '2' }],
    ['a{b="1" } 2', { b: '1' }],
    ['a{b="1" , c="2"} 2', { b: '1', c: '2' }],
    ['a{b="1"}2', { b: '1' }],
  ])('allows blanks in %j', (line, labels) => {
    expect(parsePrometheusText(line)).toEqual([{ name: 'a', labels, value: 2 }]);
  });

  it('allows many blanks before the timestamp', () => {
    expect(parsePrometheusText('a  2 \t  -5')).toEqual([
      { name: 'a', labels: {}, value: 2, timestamp: -5000 },
    ]);
  });

  it.each([
    ['1790960400', 1_790_960_400_000],
    ['1790960400.25', 1_790_960_400_250],
    ['1.7909604e9', 1_790_960_400_000],
    ['1790960400250', 1_790_960_400_250],
  ])('reads the timestamp %s, in seconds or milliseconds, as what it is', (timestamp, milliseconds) => {
    expect(parsePrometheusText(`a 2 ${timestamp}`)[0]?.timestamp).toBe(milliseconds);
  });

  it('reads OpenMetrics: exemplars, seconds, and the end', () => {
    const page = [
      '# TYPE a histogram',
      'a_bucket{le="0.1",path="/a # {b}"} 17 # {trace_id="0af7651916cd43dd"} 0.067 1790960400.123',
      'a_bucket{le="+Inf"} 20 1790960400.25 # {} 3',
      'a_count 20',
      '# EOF',
      '',
    ].join('\n');
    expect(parsePrometheusText(page)).toEqual([
      { name: 'a_bucket', labels: { le: '0.1', path: '/a # {b}' }, value: 17 },
      { name: 'a_bucket', labels: { le: '+Inf' }, value: 20, timestamp: 1_790_960_400_250 },
      { name: 'a_count', labels: {}, value: 20 },
    ]);
  });

  it.each([
    'other{ 1',
    '{"dotted.name",code="5"} 1',
    'other 0x1.8p3',
    '{"dotted.name"} 1',
    'other 1 2 3',
    'other',
    'other{a="b} 1',
  ])('leaves out the line %j where another metric is asked for', (line) => {
    expect(parsePrometheusText(`${line}\nasked 7`, ['asked'])).toEqual([
      { name: 'asked', labels: {}, value: 7 },
    ]);
  });

  it('takes no faulty line of what is asked for, nor a page without any sample', () => {
    expect(() => parsePrometheusText('other 1\nasked x', ['asked'])).toThrow('line 2: no number');
    expect(() => parsePrometheusText('<html>\n<p>no</p>', ['asked'])).toThrow('line 1: no metric name');
  });

  it('gives back any label value that was escaped', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const escaped = value.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`));
        fc.pre(!/[\r\u2028\u2029]/.test(value));
        expect(parsePrometheusText(`a{b="${escaped}"} 1`)[0]?.labels.b).toBe(value);
      }),
    );
  });
});
