import { describe, expect, it } from '@jest/globals';
import { actionOf, HttpRequest } from '../../../shared/approval/http-request.ts';
import { parse } from '../../../shared/core/schema.ts';

const type = { 'content-type': 'application/x-www-form-urlencoded' };
const body = 'decision=approved&reason=größer';
const wish = (method: string, headers: Record<string, string> = type, part: object = { body }) =>
  actionOf(parse(HttpRequest, { requestContext: { http: { method } }, headers, ...part }));
const nothing = (why: string) => ({ kind: 'nothing', why });

describe('a request to the approval page', () => {
  it.each(['GET', 'HEAD'])('with %s only shows', (method) => {
    expect(wish(method)).toEqual({ kind: 'show' });
  });

  it('with another method wants nothing, and a long one is cut short', () => {
    expect(wish('DELETE')).toEqual(nothing('method DELETE'));
    expect(wish('X'.repeat(300))).toEqual(nothing(`method ${'X'.repeat(20)}`));
  });

  it.each([
    [{}, 'content type'],
    [{ 'content-type': 'text/plain' }, 'content type'],
    [{ 'content-type': 'text/plain; application/x-www-form-urlencoded' }, 'content type'],
    [{ ...type, 'sec-fetch-site': 'cross-site' }, 'sent by another site'],
    [{ ...type, 'sec-fetch-site': 'none' }, 'sent by another site'],
    [{ ...type, origin: 'https://attacker.example', host: 'approve.example' }, 'sent by another site'],
    [{ ...type, origin: 'https://approve.example' }, 'sent by another site'],
    [{ ...type, origin: 'no address', host: 'approve.example' }, 'sent by another site'],
  ])('that posts with %j wants nothing', (headers, why) => {
    expect(wish('POST', headers)).toEqual(nothing(why));
  });

  it.each([
    type,
    { 'content-type': 'Application/X-WWW-Form-URLencoded ; charset=UTF-8' },
    { ...type, 'sec-fetch-site': 'same-origin' },
    { ...type, origin: 'null' },
    { ...type, origin: 'https://approve.example', host: 'Approve.example' },
  ])('that posts its own form with %j decides', (headers) => {
    const wanted = wish('POST', headers);

    expect(wanted.kind).toBe('decide');
    expect(wanted.kind === 'decide' && Object.fromEntries(wanted.form)).toEqual({
      decision: 'approved',
      reason: 'größer',
    });
  });

  it('may have its form in base64, or none', () => {
    const form = (part: object) => {
      const wanted = wish('POST', type, part);
      return wanted.kind === 'decide' ? Object.fromEntries(wanted.form) : wanted;
    };

    expect(form({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true })).toEqual({
      decision: 'approved',
      reason: 'größer',
    });
    expect(form({})).toEqual({});
  });

  it('may have a form of 16 KiB, counted in bytes', () => {
    const ofBytes = (bytes: number) => wish('POST', type, { body: 'ö'.repeat(bytes / 2) });

    expect(ofBytes(16_384).kind).toBe('decide');
    expect(ofBytes(16_386)).toEqual(nothing('oversized body'));
  });
});
