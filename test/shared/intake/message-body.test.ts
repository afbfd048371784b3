import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { messageText } from '../../../shared/intake/message-body.ts';

const text = '{"receiver":"Zürich"}';
const plain = (encoding: string | undefined) => messageText({ body: text, isBase64Encoded: false, encoding });
const packed = (encoding: string, bytes: Buffer = gzipSync(text)) =>
  messageText({ body: bytes.toString('base64'), isBase64Encoded: true, encoding });

describe('the text of a body', () => {
  it.each([undefined, 'identity', 'Identity', '  ', ''])('is the body itself, encoded as %j', (encoding) => {
    expect(plain(encoding)).toBe(text);
  });

  it('comes in base64 where it is marked so, as UTF-8', () => {
    expect(packed('identity', Buffer.from(text))).toBe(text);
  });

  it.each(['gzip', 'GZIP', ' gzip ', 'x-gzip'])('is unpacked, encoded as %j', (encoding) => {
    expect(packed(encoding)).toBe(text);
  });

  it.each(['br', 'deflate', 'gzip, gzip'])('is refused, encoded as %j, with what is allowed', (encoding) => {
    const error = 'content-encoding: must be gzip or identity';
    expect(packed(encoding)).toEqual({ status: 415, error });
  });

  it('is refused where it says gzip and is none', () => {
    expect(packed('gzip', Buffer.from(text))).toEqual({ status: 400, error: 'the message is not gzip' });
  });
});
