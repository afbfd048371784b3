import type { Reading } from '../core/reading.ts';

/** A command that took long, and so kept every other client waiting. Its arguments hold keys and values: never read. */
export interface SlowCommand {
  command: string;
  milliseconds: number;
  /** How long ago it ran, by the server's clock. */
  secondsAgo: number;
}

/** What one Redis or Valkey says of itself. Source: INFO, SLOWLOG GET and PING. */
export interface Cache {
  software: 'Redis' | 'Valkey';
  version: string;
  /** One node of a cluster, which has a part of the keys. */
  cluster: boolean;
  /** What it answers to PING: `ok` says nothing of writes; a failed snapshot makes it refuse them, and PING too. */
  ping: Reading<'ok' | 'snapshot-failed' | 'append-failed'>;
  /** It takes writes only while replicas follow it, and none does. */
  lacksReplicas: boolean;
  /** While it loads its keys from disk it answers nothing else. */
  loading: false | { secondsLeft?: number };
  /** A replica that takes no writes, and where they go. */
  replicaOf?: { host: string; port: number };
  memory: {
    used: number;
    /** What counts against the limit: without the buffers of replicas and of the append-only file. */
    counted: number;
    /** 0 where maxmemory sets none. */
    limit: number;
    policy: string;
  };
  clients: {
    /** With this reader. */
    connected: number;
    limit: Reading<number>;
  };
  keys: number;
  /** How many of them have a time to live. */
  expiring: number;
  counters: Counters;
  slow: Reading<readonly SlowCommand[]>;
}

/** What has been counted since the server started: only its growth says something of now. */
export interface Counters {
  evicted: number;
  hits: number;
  misses: number;
  /** Connections refused because of maxclients. */
  rejected: number;
  /** Commands refused for want of memory; unknown before Redis 6.2. */
  outOfMemory: Reading<number>;
}
