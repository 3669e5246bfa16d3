import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

describe("The audit log", () => {
  for (const scripts of [true, false]) {
    it(`tells who did what, is verified and exported, ${scripts ? "with" : "without"} scripts`, async () => {
      await visit(browser, demo, `audit ${scripts}`, { javaScriptEnabled: scripts }, async (visitor) => {
        const page = await visitor.admin(`integrations/${demo.started.integration_id}/settings`);
        await page.getByRole("button", { name: "Turn off" }).click();
        await page.getByRole("link", { name: "Activity" }).click();
        await page.getByText("turned the integration Robot data off").first().waitFor();
        await page.goto(demo.url(`integrations/${demo.started.integration_id}/settings`));
        await page.getByRole("button", { name: "Turn on" }).click();

        await page.getByRole("link", { name: "Audit log" }).click();
        const newest = page.getByRole("row").nth(1);
        await newest.getByText("turned the integration Robot data on").waitFor();
        await newest.getByText("Details").click();
        await newest.getByText("Hash").waitFor();
        if (scripts) await assertAccessible(page);

        await page.getByLabel("What was done").selectOption("Integration turned off");
        await page.getByRole("button", { name: "Show" }).click();
        await page.getByText("turned the integration Robot data off").first().waitFor();
        assert.equal(await page.getByText("turned the integration Robot data on").count(), 0);
        await page.getByRole("link", { name: "Show all" }).click();

        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export" }).click()]);
        assert.match(download.suggestedFilename(), /^audit-log-org_\w+\.jsonl$/);

        await page.getByRole("button", { name: "Verify" }).click();
        await page.getByText("The log is whole.").waitFor();
        const { hash } = await demo.api("GET", "audit/verify");
        assert.equal(await page.locator("#hash").textContent(), hash);
      });
    });
  }
});
