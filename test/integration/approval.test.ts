import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { storeApproval } from '../../shared/approval/store.ts';
import { openBrowser } from '../../tools/browser.ts';
import { whileAsking } from './asking.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

const oneIsEnough = (approval: { approvalsNeeded: number }) => {
  approval.approvalsNeeded = 1;
};

/** A person with a browser of their own. Every complaint of the browser, such as a blocked style, is kept. */
async function visit(link = '', options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  const response = await page.goto(link);
  return { page, complaints, response };
}

const heading = (page: Page) => page.locator('h1').innerText();

async function decide(page: Page, button: 'Approve' | 'Reject', reason: string): Promise<number | undefined> {
  await page.getByLabel('Why do you decide so?').fill(reason);
  const posted = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: button }).click();
  const status = (await posted).status();
  await page.waitForLoadState();
  return status;
}

describe('two approvers in their browsers', () => {
  it('approve: the first is thanked, the second decides, both read who, when and why', async () => {
    const report = await whileAsking(async ({ links, live, stored }) => {
      await live(async () => {
        const bolt = await visit(links[0]);
        expect(bolt.response?.status()).toBe(200);
        expect(await decide(bolt.page, 'Approve', 'Calm since noon <b>really</b>.')).toBe(200);
        expect(await heading(bolt.page)).toBe('Your approval is recorded');
        const infra = await visit(links[1]);
        expect(await infra.page.locator('main').innerText()).toContain('DevOps Lead (Bolt) approved already');
        await decide(infra.page, 'Approve', 'I agree.');
        expect(await heading(infra.page)).toBe('Scale-in approved');
        expect(await infra.page.locator('main').innerText()).toContain('Calm since noon <b>really</b>.');
        await bolt.page.goto(links[0] ?? '');
        expect(await heading(bolt.page)).toBe('Scale-in approved');
        expect([...bolt.complaints, ...infra.complaints]).toEqual([]);
      });
      expect((await stored()).delivered).toBe(true);
    });
    expect(report.outcome).toBe('restored');
    expect(report.approvals).toMatchObject([{ by: 'DevOps Lead (Bolt) and Infrastructure' }]);
  }, 60_000);

  it('reject: one is enough, and the next one reads why', async () => {
    const report = await whileAsking(async ({ links, live }) =>
      live(async () => {
        const bolt = await visit(links[0]);
        await decide(bolt.page, 'Reject', 'Sale tonight.\nKeep it.');
        expect(await heading(bolt.page)).toBe('Scale-in rejected');
        const late = await visit(links[2]);
        expect(await late.page.locator('main').innerText()).toContain('Sale tonight.\nKeep it.');
        expect(await late.page.locator('form').count()).toBe(0);
      }),
    );
    expect(report.outcome).toBe('rejected');
  }, 60_000);
});

describe('a click too many', () => {
  it('a double click decides once', async () => {
    await whileAsking(async ({ links, live, stored, time }) => {
      await live(async () => {
        const { page } = await visit(links[0]);
        await page.getByLabel('Why').fill('Calm.');
        await page.getByRole('button', { name: 'Approve' }).dblclick();
        await page.getByText('approved this on').waitFor();
      });
      await time.settle();
      expect((await stored()).decisions).toHaveLength(1);
    }, oneIsEnough);
  }, 60_000);

  it('the back button shows the decision, and a form that is sent again changes nothing', async () => {
    const report = await whileAsking(async ({ links, live, stored }) => {
      await live(async () => {
        const { page } = await visit(links[0]);
        const stale = await visit(links[0]);
        await decide(page, 'Approve', 'Calm.');
        await page.goBack();
        await page.reload();
        expect(await heading(page)).toBe('Scale-in approved');
        expect(await decide(stale.page, 'Reject', 'Changed my mind.')).toBe(409);
        expect(await heading(stale.page)).toBe('Already decided: approved');
      });
      expect((await stored()).decisions).toMatchObject([{ decision: 'approved', reason: 'Calm.' }]);
    }, oneIsEnough);
    expect(report.outcome).toBe('restored');
  }, 60_000);
});

describe('a page that is out of date', () => {
  it('has expired while it was open', async () => {
    const report = await whileAsking(async ({ links, live, stored, time }) => {
      const { expiresAt } = await stored();
      const { page } = await live(() => visit(links[0]));
      await time.runUntil(() => time.now() >= Date.parse(expiresAt));
      await live(async () => {
        expect(await decide(page, 'Approve', 'Calm.')).toBe(410);
        expect(await heading(page)).toBe('This request has expired');
      });
      expect((await stored()).decisions).toEqual([]);
    });
    expect(report.outcome).toBe('expired');
  }, 60_000);

  it('asks about a plan that was replaced', async () => {
    await whileAsking(async ({ links, live, stored, sandbox }) => {
      const { page } = await live(() => visit(links[0]));
      await storeApproval({ ...(await stored()), id: 'the-next-plan' }, 'a newer token', sandbox.store);
      await live(async () => {
        expect(await decide(page, 'Approve', 'Calm.')).toBe(410);
        expect(await heading(page)).toBe('The plan has changed since');
      });
      expect((await stored()).decisions).toEqual([]);
    });
  }, 60_000);

  it('belongs to a run that a person has stopped', async () => {
    await whileAsking(async ({ links, live, stored, sandbox }) => {
      const { page } = await live(() => visit(links[0]));
      sandbox.engine.stopExecution((await stored()).execution);
      await live(async () => {
        expect(await decide(page, 'Reject', 'Sale tonight.')).toBe(410);
        expect(await heading(page)).toBe('The run that asked for this has ended');
      });
    });
  }, 60_000);
});

describe('whoever opens the page', () => {
  it('decides with the keyboard alone, without JavaScript, on a phone', async () => {
    const report = await whileAsking(async ({ mails, live }) =>
      live(async () => {
        const phone = { viewport: { width: 360, height: 640 }, javaScriptEnabled: false };
        const { page } = await visit('about:blank', phone);
        await page.setContent(mails[0]?.html ?? '');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/approvals\//);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width).toBeLessThanOrEqual(360);
        await page.keyboard.press('Tab');
        await page.keyboard.type('Sale tonight.');
        await page.keyboard.press('Tab');
        expect(await page.locator(':focus').innerText()).toBe('Approve scale-in');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.getByText('Scale-in rejected').waitFor();
      }),
    );
    expect(report.outcome).toBe('rejected');
  }, 60_000);

  it('cannot forget the reason', async () => {
    await whileAsking(async ({ links, live, stored }) => {
      await live(async () => {
        const { page } = await visit(links[0]);
        await page.getByRole('button', { name: 'Approve' }).click();
        expect(await page.locator('textarea:invalid:focus').count()).toBe(1);
        await page.evaluate("document.querySelector('textarea').removeAttribute('required')");
        expect(await decide(page, 'Approve', ' ')).toBe(422);
        expect(await page.getByRole('alert').innerText()).toContain('Please type a reason');
        await page.evaluate("document.querySelector('textarea').removeAttribute('maxlength')");
        const long = `Because ${'of <this> & that, '.repeat(70)}`.trim();
        expect(await decide(page, 'Approve', long)).toBe(422);
        expect(await page.getByLabel('Why').inputValue()).toBe(long);
      });
      expect((await stored()).decisions).toEqual([]);
    });
  }, 60_000);

  it('is refused when another site posts the form, even with the right values', async () => {
    await whileAsking(async ({ links, live, stored }) => {
      await live(async () => {
        const { page } = await visit(links[0]);
        const check = await page.locator('input[name=check]').getAttribute('value');
        await page.route('http://attacker.example/', (route) =>
          route.fulfill({
            contentType: 'text/html',
            body: `<form method="post" action="${links[0]}"><input name="check" value="${check}"><input name="reason" value="x"><button name="decision" value="approved">Win a prize</button></form>`,
          }),
        );
        await page.goto('http://attacker.example/');
        await page.getByRole('button').click();
        await page.getByText('another site sent this').waitFor();
      });
      expect((await stored()).decisions).toEqual([]);
    });
  }, 60_000);
});
