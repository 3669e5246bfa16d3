import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const dialog = (page) => page.getByRole("dialog", { name: "Search" });
const chosen = (page) => dialog(page).locator("[aria-selected=true]");

describe("The search", () => {
  for (const [look, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, narrow: { viewport: { width: 360, height: 740 } } })) {
    it(`opens over every page, and the keyboard is enough: ${look}`, async () => {
      await visit(browser, demo, `palette ${look}`, options, async (visitor) => {
        const page = await visitor.admin("members");
        const input = page.getByRole("combobox", { name: "What to find" });
        await page.keyboard.press("/");
        await dialog(page).getByRole("option", { name: "Files Place", exact: true }).waitFor();
        assert.equal(await input.evaluate((one) => one === document.activeElement), true);
        await assertAccessible(page);

        await page.keyboard.type("robot");
        const options = dialog(page).getByRole("option");
        await options.filter({ hasText: "Integration" }).first().waitFor();
        await dialog(page).getByRole("option", { name: "Files Place", exact: true }).waitFor({ state: "detached" });
        assert.equal(await chosen(page).count(), 1);
        const first = await chosen(page).textContent();
        assert.equal(await input.getAttribute("aria-activedescendant"), await chosen(page).getAttribute("id"));
        await page.keyboard.press("ArrowDown");
        assert.notEqual(await chosen(page).textContent(), first);
        await page.keyboard.press("ArrowUp");
        assert.equal(await chosen(page).textContent(), first);
        await assertAccessible(page);

        await page.keyboard.press("Escape");
        await dialog(page).waitFor({ state: "hidden" });
        await page.keyboard.press("Control+k");
        await page.keyboard.type("robot");
        await page.keyboard.press("Enter");
        await page.waitForURL(new RegExp(`/integrations/${demo.started.integration_id}$`));
        await page.goBack();
        await page.getByRole("heading", { name: "Members" }).waitFor();
        await dialog(page).waitFor({ state: "hidden" });
      });
    });
  }

  it("opens a file by its key as fast as somebody types, in the bucket that is looked at", async () => {
    await visit(browser, demo, "palette key", {}, async (visitor) => {
      const page = await visitor.admin(`files/${demo.started.integration_id}?bucket=${demo.started.bucket}&prefix=frames%2F`);
      await page.keyboard.press("/");
      await page.keyboard.type("frames/robot-07/000042.png");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "000042.png" }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(`s3://${demo.started.bucket}/reports/`);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "reports" }).waitFor();
    });
  });

  it("shows what is in a bucket as somebody types", async () => {
    await visit(browser, demo, "palette type ahead", {}, async (visitor) => {
      const page = await visitor.admin("members");
      await page.keyboard.press("/");
      const options = dialog(page).getByRole("option");
      const shows = async (typed, wanted) => {
        await page.getByRole("combobox", { name: "What to find" }).fill(typed);
        await options.filter({ hasText: wanted }).first().waitFor();
        return options.allTextContents();
      };
      await shows("repo", "s3://acme-robotics-data/reports/");
      const inside = await shows("reports/", "reports/fleet.xml");
      assert.match(inside[0], /^s3:\/\/acme-robotics-data\/reports\/Files of/, "the folder itself comes first");
      await shows("/reports/ca", "reports/calibration.json");
      await shows("s3://acme-robotics-data/reports/sh", "reports/shift.html");
      await assertAccessible(page);
      await page.getByRole("combobox", { name: "What to find" }).fill("reports/no-such-file.png");
      await dialog(page).getByText("Nothing is called").first().waitFor();
      await page.getByRole("combobox", { name: "What to find" }).fill("reports");
      await options.filter({ hasText: "reports/" }).first().waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "reports" }).waitFor();
    });
  });

  it("says that nothing is found, and leaves a slash in a field alone", async () => {
    await visit(browser, demo, "palette nothing", {}, async (visitor) => {
      const page = await visitor.admin("members");
      await page.getByLabel("E-mail address").fill("");
      await page.getByLabel("E-mail address").pressSequentially("a/b");
      assert.equal(await page.getByLabel("E-mail address").inputValue(), "a/b");
      assert.equal(await dialog(page).count(), 0);
      await page.getByRole("link", { name: "Search" }).click();
      await page.keyboard.type("nothing like it");
      await dialog(page).getByText("Nothing is called").first().waitFor();
      assert.equal(await page.getByRole("combobox").getAttribute("aria-expanded"), "false");
      await assertAccessible(page);
      await page.mouse.click(5, 5);
      await dialog(page).waitFor({ state: "hidden" });
    });
  });

  it("is a page of its own without scripts", async () => {
    await visit(browser, demo, "search without scripts", { javaScriptEnabled: false }, async (visitor) => {
      const page = await visitor.admin("files");
      await page.getByRole("link", { name: "Search" }).click();
      await page.getByLabel("What to find").fill("reports/");
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByRole("link", { name: /reports/ }).first().click();
      await page.getByRole("heading", { name: "reports" }).waitFor();
    });
  });
});
