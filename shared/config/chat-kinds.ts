/** What the incoming webhook of a chat takes: plain text, an Adaptive Card, or Discord's content. */
export const chatKinds = ['text', 'teams', 'discord'] as const;
export type ChatKind = (typeof chatKinds)[number];
