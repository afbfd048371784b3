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
    ['a{b="1" } 2', { b: '1' }],
    ['a{b="1" , c="2"} 2', { b: '1', c: '2' }],
    ['a{b="1"}2', { b: '1' }],
  ])('allows blanks in %j', (line, labels) => {
    expect(parsePrometheusText(line)).toEqual([{ name: 'a', labels, value: 2 }]);
  });

  it('allows many blanks before the timestamp', () => {
    expect(parsePrometheusText('a  2 \t  -5')).toEqual([{ name: 'a', labels: {}, value: 2, timestamp: -5 }]);
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
