import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../sandbox/config-files.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';
import type { ApprovalRequest } from '../shared/approval/request.ts';
import { readApproval } from '../shared/approval/store.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { openBrowser } from './browser.ts';
import { gallery } from './gallery.ts';

/** `npm run screenshots`: pictures of every approval page and mail, on a phone and a desk, light and dark. */

const folder = join(import.meta.dirname, '..', 'out', 'screenshots');
const looks = [
  { name: 'phone-light', width: 360, scheme: 'light' as const },
  { name: 'phone-dark', width: 360, scheme: 'dark' as const },
  { name: 'desk-light', width: 1280, scheme: 'light' as const },
  { name: 'desk-dark', width: 1280, scheme: 'dark' as const },
];

/** What a simulated incident asks its approvers. */
async function requestOfAnIncident(config: Config): Promise<ApprovalRequest> {
  const [service = ''] = Object.keys(config.services);
  const play = scenarioPlay('traffic-spike', serviceConfig(config, service), 1);
  const run = startIncident({ config, service, play, approve: 'never', dryRun: false, seed: 1 });
  const { sandbox } = run;
  let request: ApprovalRequest | undefined;
  await run.finish(async (time) => {
    const asked = () => sandbox.logs.find(({ message }) => message === 'approval requested');
    const end = await time.runUntil(() => asked() !== undefined);
    const found = await readApproval(String(asked()?.fields.approval), sandbox.store);
    request = found?.request;
    return end;
  });
  if (!request) throw new Error('the simulated incident asked nobody');
  return request;
}

const config = readConfig('production');
const pages = gallery(await requestOfAnIncident(config), config);
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
for (const { name, width, scheme } of looks) {
  const page = await browser.newPage({ viewport: { width, height: 740 }, colorScheme: scheme });
  for (const [title, html] of Object.entries(pages)) {
    await page.setContent(html);
    await page.screenshot({ path: join(folder, `${title}.${name}.png`), fullPage: true });
  }
  await page.close();
}
await browser.close();
