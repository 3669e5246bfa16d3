import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/** Whoever removes or revokes is asked once more. */
async function removed(page) {
  await page.locator("summary", { hasText: "Remove from Acme Robotics" }).click();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Remove from Acme Robotics" }).click();
}

describe("Members", () => {
  it("are invited by a link, may do what their role says, and are out at once when they are removed", async () => {
    await visit(browser, demo, "members", {}, async (admin) => {
      admin.expected.add(422);
      const page = await admin.admin("members");
      await page.getByLabel("E-mail address").fill("grace@acme-robotics.example");
      await page.getByLabel("Viewer").check();
      await page.getByRole("button", { name: "Make a link" }).click();
      const link = await page.locator("#link").textContent();
      await assertAccessible(page);
      await page.reload();
      await page.getByRole("link", { name: "grace@acme-robotics.example" }).waitFor();
      assert.equal(await page.locator("#link").count(), 0, "it was shown once, and loading the page again sends nothing");

      await visit(browser, demo, "invited", {}, async (grace) => {
        grace.expected.add(422).add(403).add(404).add(410);
        const door = await grace.open(link);
        await assertAccessible(door);
        await door.getByLabel("New password").fill("too short");
        await door.getByRole("button", { name: "Join" }).click();
        await door.getByText("12 characters or more").first().waitFor();
        await door.getByLabel("New password").fill("a password of some length");
        await door.getByRole("button", { name: "Join" }).click();
        await door.waitForURL(/\/o\//);
        assert.equal(await door.getByRole("link", { name: "Integrations" }).count(), 0, "a viewer sees no settings");
        await door.goto(demo.url("integrations"));
        await door.getByRole("heading", { name: "This is not for you to see" }).waitFor();
        await assertAccessible(door);

        await page.goto(demo.url("members"));
        await page.getByRole("link", { name: "grace@acme-robotics.example" }).click();
        await page.getByLabel("Admin").check();
        await page.getByRole("button", { name: "Change role" }).click();
        await page.getByRole("heading", { name: "Members" }).waitFor();
        await door.goto(demo.url("integrations"));
        await door.getByRole("heading", { name: "Integrations" }).waitFor();

        await page.getByRole("link", { name: "grace@acme-robotics.example" }).click();
        await removed(page);
        await page.getByRole("heading", { name: "Members" }).waitFor();
        await door.goto(demo.url("integrations"));
        await door.getByRole("heading", { name: "This page does not exist" }).waitFor();
        await door.goto(link);
        await door.getByText("This link does not work any more").waitFor();
      });

      // The last admin cannot lock the organization.
      await page.getByRole("link", { name: demo.started.email }).click();
      await removed(page);
      await page.getByRole("alert").getByText("last admin").waitFor();
    });
  });
});

describe("API tokens", () => {
  it("are shown once, work, and stop when they are revoked", async () => {
    await visit(browser, demo, "tokens", {}, async (visitor) => {
      const page = await visitor.admin("tokens");
      await page.getByLabel("What it is for").fill("Labeling tool");
      await page.getByLabel("Resolve locators").check();
      await page.getByRole("button", { name: "Make token" }).click();
      const token = await page.locator("#token").textContent();
      const resolve = () => fetch(`${demo.started.url}/api/v1/resolve`, {
        method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ locators: ["s3://acme-robotics-data/README.md"] }),
      });
      assert.equal((await resolve()).status, 200);
      await page.reload();
      assert.equal(await page.getByRole("row", { name: "Labeling tool" }).count(), 1, "loading the page again makes no second one");
      assert.ok(!(await page.content()).includes(token));
      const columns = () => page.locator("thead th").evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().width)));
      const before = await columns();
      await page.getByText("Revoke Labeling tool").click();
      assert.deepEqual(await columns(), before, "the columns stay where they are");
      await page.getByRole("button", { name: "Revoke for good" }).click();
      await page.getByRole("heading", { name: "API tokens" }).waitFor();
      assert.equal((await resolve()).status, 401);
    });
  });

  it("reach the integrations that were ticked, and nothing else", async () => {
    await visit(browser, demo, "restricted tokens", { colorScheme: "dark", viewport: { width: 390, height: 844 } }, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.admin("tokens");
      await assertAccessible(page);
      await page.getByLabel("What it is for").fill("One bucket alone");
      assert.equal(await page.getByRole("checkbox").first().isVisible(), false, "all need not be chosen from");
      await page.getByLabel("Some integrations").check();
      await page.getByRole("button", { name: "Make token" }).click();
      await page.getByText("No integration is named").waitFor();
      await assertAccessible(page);
      await page.getByRole("checkbox").first().check();
      await page.getByRole("button", { name: "Make token" }).click();
      const token = await page.locator("#token").textContent();
      const of = (path) => fetch(`${demo.started.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal((await of("members")).status, 403);
      const [{ id, name }] = (await demo.api("GET", "integrations")).items;
      await page.getByRole("link", { name: "Done" }).click();
      const row = page.getByRole("row", { name: "One bucket alone" });
      await row.getByText(name).waitFor();
      await demo.api("DELETE", `integrations/${id}`);
      await page.reload();
      await row.getByText("None: they were removed").waitFor();
      assert.equal((await of("open?locator=s3://acme-robotics-data/README.md")).status, 404);
      await assertAccessible(page);
    });
  });
});

describe("An account", () => {
  it("has a page of its own: a new password, the sign-ins, and leaving", async () => {
    const password = "a password of some length";
    const member = await demo.api("POST", "members", { email: "lin@acme-robotics.example", role: "viewer" });
    await visit(browser, demo, "account", {}, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.open(member.link);
      await page.getByLabel("New password").fill(password);
      await page.getByRole("button", { name: "Join" }).click();
      await page.getByRole("link", { name: "Account" }).click();
      await page.getByRole("heading", { name: "Your account" }).waitFor();
      await assertAccessible(page);
      await page.setViewportSize({ width: 360, height: 800 });
      await assertAccessible(page);
      await page.getByLabel("The password that you have").fill("something else");
      await page.getByLabel("New password").fill("another password of some length");
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("That is not your password").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "current_password", "the field that is wrong is at hand");
      assert.match(await page.title(), /^Error: /);
      await page.goto(`${demo.started.url}/account/password`);
      await page.waitForURL(/\/account$/);
      await page.getByLabel("The password that you have").fill(password);
      await page.getByLabel("New password").fill("another password of some length");
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("Your password is changed").waitFor();
      await page.getByText("Leave Acme Robotics").click();
      await assertAccessible(page);
      await page.getByRole("button", { name: "Leave", exact: true }).click();
      await page.getByText("You have left the organization").waitFor();
      await assertAccessible(page);
    });
  });
});

describe("An organization", () => {
  it("is renamed by its admin", async () => {
    await visit(browser, demo, "organization", { viewport: { width: 360, height: 800 }, colorScheme: "dark" }, async (visitor) => {
      const page = await visitor.admin("organization");
      await assertAccessible(page);
      await page.getByLabel("Name").fill("Acme & Daughters");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("status").getByText("It is called Acme & Daughters now.").waitFor();
      await page.locator("summary", { hasText: "Acme & Daughters" }).waitFor();
      await assertAccessible(page);
    });
  });
});
