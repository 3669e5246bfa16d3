import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

describe("Whoever runs the platform", () => {
  it("makes an organization, hands over its link, and sees no more than counts", async () => {
    await visit(browser, demo, "operator", {}, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.admin();
      await page.locator(".switch summary").click();
      await page.getByRole("link", { name: "Operate the platform" }).click();
      await page.getByRole("heading", { name: "Organizations", exact: true }).waitFor();
      await page.getByLabel("Name").fill("Acme Robotics");
      await page.getByLabel("E-mail address").fill("gil@globex.example");
      await page.getByRole("button", { name: "Make it" }).click();
      await page.getByText("There is an organization").waitFor();
      await assertAccessible(page);
      await page.getByLabel("Name").fill("Globex");
      await page.getByRole("button", { name: "Make it" }).click();
      const link = await page.locator("#link").textContent();
      await assertAccessible(page);
      await page.getByRole("link", { name: "Done" }).click();
      await page.getByRole("heading", { name: "Globex" }).waitFor();
      await page.getByText("Has not joined yet").waitFor();

      await visit(browser, demo, "first admin", {}, async (gil) => {
        gil.expected.add(404);
        const door = await gil.open(link);
        await door.getByLabel("New password").fill("a password of some length");
        await door.getByRole("button", { name: "Join" }).click();
        await door.getByRole("heading", { name: "Connect your first bucket" }).waitFor();
        await door.locator(".switch summary").click();
        assert.equal(await door.getByRole("link", { name: "Operate the platform" }).count(), 0);
        await door.goto(`${demo.started.url}/operator/health`);
        await door.getByRole("heading", { name: "This page does not exist" }).waitFor();
      });

      await page.reload();
      assert.equal(await page.getByRole("button", { name: "Make a new link" }).count(), 0, "it is in use now");
      await page.getByRole("link", { name: "AWS identity" }).click();
      await page.getByText("credentials work").waitFor();
      await page.getByText("This is who the platform is").waitFor();
    });
  });
});
