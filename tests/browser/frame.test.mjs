import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 360, height: 740 } },
};

const OPERATOR = ["", "/organizations", "/platform", "/endpoints", "/health"];

/** Every page that an admin can get to, as paths of the organization. */
async function pages() {
  const one = `integrations/${demo.started.integration_id}`;
  const draft = await demo.api("POST", "drafts", { name: "Half done", authentication: { type: "role" } });
  const { id: check } = await demo.api("POST", `${one}/check`, {});
  const steps = ["bucket", "access-policy", "trust-policy", "role", "pages", "check"].map((step) => `connect/${draft.id}/${step}`);
  const named = await demo.api("POST", "drafts", {
    name: "Named", region: "eu-central-1", authentication: { type: "role" }, access: ["list", "read", "write"],
    scope: { type: "bucket", bucket: "acme-images", prefix: "équipe" },
  });
  const forms = ["access-policy", "trust-policy?form=cloudformation", "trust-policy?form=terraform", "trust-policy?form=cli", "pages"];
  return [
    "search?q=robot", "search?q=nothing+like+it", "files", `files/${demo.started.integration_id}?bucket=acme-robotics-data`, "members", "tokens", "audit", "audit/verify", "audit?action=member.removed", "integrations", one, `${one}/documents`, `${one}/checks`, `${one}/checks/${check}`, `${one}/activity`, `${one}/settings`, `${one}/remove`, "connect",
    ...steps, ...forms.map((form) => `connect/${named.id}/${form}`),
  ];
}

describe("Every page", () => {
  for (const [look, options] of Object.entries(LOOKS)) {
    it(`is accessible, quiet and as wide as its window: ${look}`, async () => {
      await visit(browser, demo, `pages ${look}`, options, async (visitor) => {
        visitor.expected.add(404);
        const door = await visitor.open(`${demo.started.url}/sign-in`);
        await assertAccessible(door);
        await visitor.signIn(door);
        for (const path of await pages()) {
          await door.goto(demo.url(path));
          await assertAccessible(door);
        }
        for (const path of [...OPERATOR, `/organizations/${demo.started.organization_id}`]) {
          await door.goto(`${demo.started.url}/operator${path}`);
          await assertAccessible(door);
        }
        await door.goto(demo.url("nowhere"));
        await door.getByRole("heading", { name: "This page does not exist" }).waitFor();
        await assertAccessible(door);
      });
    });
  }

  it("can be used with the keyboard alone", async () => {
    await visit(browser, demo, "keyboard", {}, async (visitor) => {
      const page = await visitor.open(`${demo.started.url}/sign-in`);
      await page.getByLabel("E-mail address").focus();
      await page.keyboard.type(demo.started.email);
      await page.keyboard.press("Tab");
      await page.keyboard.type(demo.started.password);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/o\//);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the first link skips what is the same everywhere");
      const summary = page.locator(".switch summary");
      await summary.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: demo.started.organization_name ?? "Acme Robotics" }).waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".switch ul").waitFor({ state: "hidden" });
      assert.equal(await summary.evaluate((one) => one === document.activeElement), true);
      await page.keyboard.press("Enter");
      await page.locator(".switch ul").waitFor();
      const inMenu = () => page.evaluate(() => document.activeElement.closest(".switch") !== null);
      while (await inMenu()) await page.keyboard.press("Tab");
      await page.locator(".switch ul").waitFor({ state: "hidden" });
      assert.equal(await page.evaluate(() => document.activeElement.id), "find");
    });
  });
});

describe("Signing in and out", () => {
  it("leads back to where somebody wanted to be, and out again", async () => {
    await visit(browser, demo, "sign-in", {}, async (visitor) => {
      visitor.expected.add(422);
      const wanted = demo.url(`integrations/${demo.started.integration_id}`);
      const page = await visitor.open(wanted);
      await page.getByLabel("E-mail address").fill(demo.started.email);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").getByText("do not fit together").waitFor();
      assert.equal(await page.getByLabel("E-mail address").inputValue(), demo.started.email);
      await page.getByLabel("Password").fill(demo.started.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL(wanted);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(/\/sign-in$/);
      await page.goto(wanted);
      await page.waitForURL(/\/sign-in\?next=/);
    });
  });
});
