import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { answerApproval } from './approval-http.ts';
import { consolePage } from './console-page.ts';
import { consoleHeaders } from './html.ts';
import { mailboxPage } from './mailbox-page.ts';
import { type ConsoleSource, viewOf } from './view.ts';

/** What has been asked for, so that the server does not close before the last state was shown. */
export interface Visits {
  /** Real milliseconds, as performance.now() counts; undefined before the first visit. */
  lastAt?: number;
  /** Whether somebody has got the verdict. */
  sawVerdict: boolean;
}

const file = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

/** The sandbox's pages: console, mailbox and the approval links. Everything else is AWS. */
export function consoleRoutes(source: () => ConsoleSource | undefined, visits: Visits): Hono {
  const routes = new Hono();
  const script = file('page.js');
  const styles = file('page.css');
  routes.get('/', (context) => {
    const present = source();
    return present
      ? context.html(consolePage(present.sandbox), 200, consoleHeaders)
      : context.text('starting', 503);
  });
  routes.get('/console/page.js', (context) =>
    context.body(script, 200, { ...consoleHeaders, 'content-type': 'text/javascript; charset=utf-8' }),
  );
  routes.get('/console/page.css', (context) =>
    context.body(styles, 200, { ...consoleHeaders, 'content-type': 'text/css; charset=utf-8' }),
  );
  routes.get('/console/run.json', (context) => {
    const present = source();
    if (!present) return context.text('starting', 503);
    visits.lastAt = performance.now();
    visits.sawVerdict = present.verdict !== undefined;
    return context.json(viewOf(present), 200, consoleHeaders);
  });
  routes.get('/mailbox', (context) => context.html(mailboxPage(source()?.sandbox), 200, consoleHeaders));
  routes.get('/favicon.ico', (context) => context.body(null, 204));
  routes.all('/approvals/:handle', async (context) => {
    const sandbox = source()?.sandbox;
    const approval = sandbox?.functions.approval;
    return approval ? answerApproval(context, approval, sandbox.time.now()) : context.text('starting', 503);
  });
  return routes;
}
