import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Config } from '../config/schema.ts';
import type { RecordStore } from '../store/record-store.ts';

/** An answer of an HTTP endpoint. */
export interface HttpAnswer {
  status: number;
  latencyMilliseconds: number;
  body: string;
  /** The body is longer than was asked for, and cut. */
  truncated?: boolean;
  /** The header of that name, as it came: seconds or an HTTP date. */
  retryAfter?: string;
}

/** Structured log: one line per call, the execution's ARN on every line. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Where a console or a database is, and who asks. */
export interface DatabaseTarget {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  tls: boolean;
  /** The name in the certificate, where it is not the host's. */
  serverName?: string | undefined;
}

/** Asks a console or a database for rows with a text alone; each row by the names of its columns. */
export type AskDatabase = (sql: string) => Promise<Readonly<Record<string, unknown>>[]>;

/** Where a cache is, and who asks. */
export interface CacheTarget {
  host: string;
  port: number;
  /** Without one the cache is asked without login. */
  login: { user: string; password: string } | undefined;
  tls: boolean;
  /** The name in the certificate, where it is not the host's. */
  serverName?: string | undefined;
}

/** Sends one command to a cache, and gives its answer. */
export type AskCache = (command: string, ...words: string[]) => Promise<unknown>;

/** What every function has. */
export interface Basics {
  now(): Date;
  /** A timer for deadlines; cancel it when the work is done, so that nothing keeps the function alive. */
  after(milliseconds: number): { passed: Promise<void>; cancel(): void };
  config: Config;
  log: Log;
}

/** What a function may ask for by name; a function's bundle holds only the clients that it names. */
export interface Resources {
  ecs: ECSClient;
  autoscaling: ApplicationAutoScalingClient;
  cloudwatch: CloudWatchClient;
  states: SFNClient;
  notices: { sns: SNSClient; topicArn: string };
  mail: { ses: SESv2Client };
  store: RecordStore;
  /** GET with a time-out; rejects when nothing answers in time. At most `largestBody` bytes are read, 2 KiB by default. */
  http: {
    get(url: string, timeoutMilliseconds: number, largestBody?: number): Promise<HttpAnswer>;
    /** POST of JSON, for the webhooks of PagerDuty and of the chat. */
    post(url: string, body: unknown, timeoutMilliseconds: number): Promise<HttpAnswer>;
  };
  /** Values of SSM parameters, decrypted; never logged. What was read is kept for some minutes, or for so many seconds. */
  secrets: { read(name: string, maxAgeSeconds?: number): Promise<string> };
  /**
   * PgBouncer's consoles and PostgreSQL: connects, lets `work` ask and disconnects, with so many milliseconds for the
   * connection and for each answer.
   */
  databases: {
    connect<T>(
      target: DatabaseTarget,
      milliseconds: number,
      work: (ask: AskDatabase) => Promise<T>,
    ): Promise<T>;
  };
  /** Redis and Valkey, in the same way. */
  caches: {
    connect<T>(target: CacheTarget, milliseconds: number, work: (ask: AskCache) => Promise<T>): Promise<T>;
  };
  /** The state machine that an alert starts. */
  machine: { arn: string };
  /** The switch that stops every run before its next write. */
  switch: { isOn(): Promise<boolean> };
  random: { bytes(count: number): Uint8Array };
  links: { approvalBaseUrl: string };
  /** What Lambda allows this account. */
  functions: LambdaClient;
  /** Which deployment of the code this is: a new one has another version. */
  version: { name: string };
}

export type ResourceName = keyof Resources;

/** The context of a function that names these resources. */
export type StepContext<Needs extends ResourceName> = Basics & Pick<Resources, Needs>;
