import { describe, expect, it } from '@jest/globals';
import { chatBody, kindOf } from '../../../shared/notices/chat-body.ts';

const slack = 'https://hooks.slack.com/services/T/B/x';
const flow = 'https://prod-00.westus.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y';
const discord = 'https://discord.com/api/webhooks/1/x';
const notice = (text: string, subject = 'subject') => ({ subject, text });

describe('the kind of a chat, by its host', () => {
  it.each([
    [slack, 'text'],
    ['https://chat.googleapis.com/v1/spaces/x/messages?key=y', 'text'],
    ['https://mattermost.example/hooks/x', 'text'],
    ['https://rocket.example/hooks/x/y', 'text'],
    ['no address', 'text'],
    [flow, 'teams'],
    ['https://prod-1.usgovtexas.logic.azure.us/workflows/x', 'teams'],
    ['https://prod-1.chinaeast2.logic.azure.cn/workflows/x', 'teams'],
    ['https://default1.2.environment.api.powerplatform.com:443/powerautomate/x', 'teams'],
    ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
    ['https://acme.webhook.office.com.example/x', 'text'],
    ['https://notlogic.azure.com/x', 'text'],
    ['https://relay.example/?to=x.logic.azure.com', 'text'],
    [discord, 'discord'],
    ['https://discordapp.com/api/webhooks/1/x', 'discord'],
    ['https://ptb.discord.com/api/webhooks/1/x', 'discord'],
    ['https://canary.discord.com/api/webhooks/1/x', 'discord'],
    ['https://my.discord.com/api/webhooks/1/x', 'text'],
    ['https://discord.com.example/x', 'text'],
    ['https://notdiscord.com/x', 'text'],
  ])('%s takes %s', (url, kind) => {
    expect(kindOf(url)).toBe(kind);
  });
});

describe('what is posted', () => {
  it('is one text', () => {
    expect(chatBody(notice('one\ntwo'), slack)).toEqual({ text: 'subject\none\ntwo' });
  });

  it('is content that mentions nobody, for Discord', () => {
    expect(chatBody(notice('one\ntwo'), discord)).toEqual({
      content: 'subject\none\ntwo',
      allowed_mentions: { parse: [] },
    });
  });

  it('is an Adaptive Card, for Teams', () => {
    expect(chatBody(notice('one\ntwo'), flow)).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body: [
              { type: 'TextBlock', text: 'subject', wrap: true, weight: 'Bolder' },
              { type: 'TextBlock', text: 'one\n\ntwo', wrap: true },
            ],
          },
        },
      ],
    });
  });

  it('is of the kind that is configured, whatever the host', () => {
    expect(chatBody(notice('one'), discord, 'text')).toEqual({ text: 'subject\none' });
  });
});

/** The words of a card. */
const cardText = (text: string, subject?: string): string[] =>
  Object(chatBody(notice(text, subject), flow)).attachments[0].content.body.map(
    (block: { text: string }) => block.text,
  );

describe('the text of a card is no Markdown', () => {
  it.each([
    ['**bold** _soft_ `code` ~gone~', '\\*\\*bold\\*\\* \\_soft\\_ \\`code\\` \\~gone\\~'],
    ['[ok](https://evil.example)', '\\[ok\\] (https://evil.example)'],
    ['![x] a|b # c \\d', '\\!\\[x\\] a\\|b \\# c \\\\d'],
    ['- desired 3 → 8', '\\- desired 3 → 8'],
    ['  + more - less', '  \\+ more - less'],
    ['12. of 13. May', '12\\. of 13. May'],
    ['1) first', '1\\) first'],
    ['1.5 times 2', '1\\.5 times 2'],
    ['12 tasks', '12 tasks'],
    ['<at>Ann</at> @here', '‹at›Ann‹/at› ＠here'],
  ])('%s', (text, expected) => {
    expect(cardText(text, text)).toEqual([expected, expected]);
  });

  it('on any line', () => {
    expect(cardText('a\n- b\n1. c')[1]).toBe('a\n\n\\- b\n\n1\\. c');
  });
});

describe('a long notice', () => {
  const textOf = (text: string): string => Object(chatBody(notice(text, 's'), slack)).text;
  const contentOf = (text: string): string => Object(chatBody(notice(text, 's'), discord)).content;

  it('is whole up to the limit', () => {
    expect(textOf('x'.repeat(3998))).toBe(`s\n${'x'.repeat(3998)}`);
    expect(contentOf('x'.repeat(1998))).toBe(`s\n${'x'.repeat(1998)}`);
  });

  it('is cut above it, and says how much is left out', () => {
    for (const [cut, longest] of [
      [textOf('x'.repeat(3999)), 4000],
      [contentOf('x'.repeat(1999)), 2000],
    ] as const) {
      const said = /\n\(Cut here: (\d+) more characters stand in the same notice by SNS\.\)$/.exec(cut);
      expect(cut.length).toBeGreaterThan(longest - 5);
      expect(cut.length).toBeLessThanOrEqual(longest);
      expect(cut.length - (said?.[0].length ?? 0) + Number(said?.[1])).toBe(longest + 1);
    }
  });

  it('is cut at the end of a line where one is near', () => {
    const line = 'y'.repeat(99);
    const cut = contentOf(Array(30).fill(line).join('\n')).split('\n');
    expect(cut.slice(1, -1).every((one) => one === line)).toBe(true);
    expect(cut).toHaveLength(21);
  });

  it('is cut within a line where none is near', () => {
    expect(contentOf(`short\n${'z'.repeat(5000)}`).length).toBeGreaterThan(1990);
  });

  it('is cut within no character', () => {
    for (const shift of ['', 'x'])
      expect(contentOf(`${shift}${'🚑'.repeat(2000)}`).isWellFormed()).toBe(true);
  });

  it.each(['*', '漢', '🚑', '\\', '\n-'])('of %s stays below what Teams takes', (part) => {
    const body = JSON.stringify(chatBody(notice(part.repeat(9000)), flow));
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
    expect(body).toContain('Cut here');
  });
});
